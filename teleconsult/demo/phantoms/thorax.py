"""Where things lie in the chest phantom: body outline, rib cage, lungs, heart, great vessels, diaphragm, belly.

The frame is the patient's in mm (x left, y back, z up); z = 0 is near the lower edge of the sixth thoracic vertebra.
The adult is plain and symmetric where people are; sizes follow ordinary anatomy.
"""

from __future__ import annotations

import numpy as np

from teleconsult.demo.phantoms.shapes import Field, Tube, along, ellipse, ellipsoid, turned, union

BODY_WIDE = {-170: 156, -80: 160, 0: 163, 60: 169, 90: 172, 115: 170, 135: 156, 150: 132, 165: 104, 180: 78, 190: 66}
ARMS_DOWN = BODY_WIDE | {90: 174, 115: 176, 135: 175, 150: 170, 160: 152, 165: 134, 172: 112, 180: 88, 190: 70}
"""Width of a standing patient whose arms hang, as for an X-ray."""
BODY_DEEP = {-170: 112, -80: 117, 0: 117, 60: 112, 90: 106, 120: 94, 140: 84, 160: 74, 190: 64}
CAGE_WIDE = {-170: 132, -120: 138, -80: 139, -40: 137, 0: 132, 40: 124, 80: 111, 110: 92, 130: 74, 150: 50, 165: 40}
CAGE_DEEP = {-170: 86, -120: 92, -80: 94, -40: 93, 0: 90, 40: 84, 80: 76, 110: 65, 130: 53, 150: 42, 165: 36}
CAGE_BACK = {-170: -4, 40: -4, 80: -2, 110: 3, 130: 10, 150: 18, 165: 20}
SPINE_BACK = {-170: 40, -120: 44, -20: 48, 60: 45, 110: 36, 150: 24, 190: 16}
PLEURA = 5.0
"""Distance from the middle of the ribs to the lung, mm."""

NODULE = (-72.0, -14.0, 72.0)
"""Centre of the 8 mm nodule, right upper lobe."""


def body(x: Field, y: Field, z: Field | float, wide: dict[int, int]) -> Field:
    """Depth below the skin, for a table of half widths."""
    return ellipse(x, y, along(z, wide), along(z, BODY_DEEP), 2.5)[0]


def cage(x: Field, y: Field, z: Field | float) -> Field:
    """Signed distance to the middle surface of the ribs, positive within."""
    return ellipse(x, y - along(z, CAGE_BACK), along(z, CAGE_WIDE), along(z, CAGE_DEEP))[0]


def dome(x: Field, y: Field) -> Field:
    """Height of the diaphragm; the right dome stands higher."""
    back = 0.0085 * (y + 10) ** 2
    right = -60 - 0.011 * (x + 62) ** 2 - back
    left = -75 - 0.011 * (x - 68) ** 2 - back
    middle = -92 - 0.006 * (x - 8) ** 2 - 0.006 * (y + 30) ** 2  # the central tendon, under the heart
    return union(union(right, left, 12.0), middle, 16.0)


AORTA = Tube(
    points=(
        (4, -22, -12), (-14, -28, 8), (-20, -30, 32), (-14, -25, 54), (2, -10, 68), (18, 8, 69), (26, 24, 60),
        (28, 36, 40), (27, 38, 0), (24, 34, -60), (16, 26, -110), (8, 20, -175),
    ),
    radii=(13, 16, 16, 15, 14, 13, 12.5, 12.5, 12, 11.5, 11, 10),
)  # fmt: skip
TRUNK = Tube(
    points=((16, -42, -10), (20, -34, 14), (20, -18, 30), (34, 2, 34), (46, 14, 30)), radii=(13, 14, 13, 11, 9)
)
RIGHT_ARTERY = Tube(points=((18, -16, 26), (-2, -8, 24), (-24, 0, 20), (-40, 4, 14)), radii=(12, 10.5, 10, 8))
CAVAL_UP = Tube(points=((-26, -28, 92), (-30, -24, 60), (-30, -22, 20), (-28, -20, -10)), radii=(7.5, 9, 9.5, 10))
CAVAL_DOWN = Tube(points=((-24, -6, -70), (-26, 4, -100), (-24, 8, -175)), radii=(12, 12, 12))
VEINS_OUT = (
    Tube(points=((8, 8, -8), (-20, 8, -4), (-44, 10, -6)), radii=(9, 7, 6)),
    Tube(points=((8, 8, -6), (26, 10, 0), (46, 10, 2)), radii=(9, 7, 6)),
)
NECK = (
    Tube(
        points=((-18, -18, 62), (-22, -20, 95), (-28, -22, 130), (-34, -18, 185)), radii=(7, 6.5, 5, 4)
    ),  # brachiocephalic
    Tube(points=((2, -6, 70), (12, -12, 100), (24, -16, 130), (30, -14, 185)), radii=(5, 4, 3.8, 3.5)),  # left carotid
    Tube(points=((17, 6, 72), (24, 2, 100), (32, -2, 125), (60, -20, 138)), radii=(5.5, 5, 5, 4.5)),  # left subclavian
    Tube(points=((-26, -28, 92), (-2, -36, 86), (20, -34, 98), (34, -28, 120)), radii=(7, 6.5, 6, 6)),  # left vein
    Tube(points=((-26, -28, 92), (-32, -28, 115), (-36, -26, 185)), radii=(7, 7, 6)),  # right vein
    Tube(points=((34, -28, 120), (38, -22, 185)), radii=(6, 6)),
)
GULLET = Tube(
    points=((3, 14, 185), (4, 24, 110), (6, 26, 60), (8, 24, 20), (12, 20, -40), (22, 6, -85), (40, -8, -110)),
    radii=(7, 7, 7, 7.5, 8, 8, 9),
)
AZYGOS = Tube(points=((-6, 32, -170), (-7, 33, 30), (-16, 24, 52), (-28, -8, 56)), radii=(3, 4, 4.5, 4.5))
WINDPIPE = Tube(points=((0, -12, 190), (0, -10, 150), (0, -2, 95), (-2, 5, 46)), radii=(9, 9, 8.8, 8.5))
BLOOD = (AORTA, TRUNK, RIGHT_ARTERY, CAVAL_UP, CAVAL_DOWN, *VEINS_OUT, *NECK, AZYGOS)
WRAPPED = (*BLOOD[:4], *BLOOD[5:], GULLET, WINDPIPE)
"""What the mediastinal fat wraps above the diaphragm."""


def right_heart(x: Field, y: Field, z: Field | float) -> Field:
    """Right atrium and ventricle."""
    return ellipsoid(x, y, z, (-2, -38, -42), (41, 38, 50))


def left_heart(x: Field, y: Field, z: Field | float) -> Field:
    """Left ventricle, its apex to the left and front."""
    u, v = turned(x, y, (36, -30), -28)
    return ellipsoid(u, v, z + 0.25 * (x - 36), (0, 0, -50), (52, 37, 42))


def left_atrium(x: Field, y: Field, z: Field | float) -> Field:
    """Left atrium, in front of the gullet."""
    return ellipsoid(x, y, z, (4, 4, -14), (34, 20, 24))


def heart(x: Field, y: Field, z: Field | float) -> Field:
    """The whole heart."""
    return union(union(right_heart(x, y, z), left_heart(x, y, z), 10.0), left_atrium(x, y, z), 8.0)


def septum(x: Field, y: Field, z: Field | float) -> Field:
    """The thin fat fold between the lungs, from breastbone to spine; wide at the thoracic inlet."""
    wide = along(z, {-170: 14, -40: 10, 20: 6, 70: 12, 100: 22, 140: 34, 190: 60})
    lean = along(z, {-170: 8, -40: 8, 40: 0, 190: 0})
    return np.asarray(wide - np.abs(x - lean * np.clip(-y / 60, 0, 1)) + 0.05 * np.clip(y, -60, 40))


def spine_bulge(x: Field, y: Field, z: Field | float) -> Field:
    """Spine and the tissue about it, where it stands into the chest."""
    behind = y - along(z, SPINE_BACK)
    return np.asarray(23.0 + 0.45 * np.clip(behind, 0, 60) - np.sqrt(x * x + np.minimum(behind, 0.0) ** 2))


def middle(x: Field, y: Field, z: Field | float) -> Field:
    """The mediastinum, for scattered points (planes build it tube by tube in windows)."""
    best = union(septum(x, y, z), spine_bulge(x, y, z), 10.0)
    best = union(best, heart(x, y, z) + 3.0, 8.0)
    for tube in WRAPPED:
        best = union(best, tube.distance(x, y, z) + 3.5, 10.0)
    return best


def pleural(x: Field, y: Field, z: Field | float, between: Field) -> Field:
    """Signed distance to the lungs, given the mediastinum."""
    side = np.abs(x) - 47.0
    apex = 146.0 - z - (side * side + 0.4 * (y - 22.0) ** 2) / 42.0
    above = (z - dome(x, y)) * 0.75
    return np.asarray(np.minimum(np.minimum(cage(x, y, z) - PLEURA, -between), np.minimum(apex * 0.5, above)))


def liver(x: Field, y: Field, z: Field | float, under: Field) -> Field:
    """The liver, given the depth under the diaphragm."""
    edge = 30.0 - 0.75 * (y + 10) - 0.25 * (z + 100) - x
    front = 0.8 * (y + 92 + 0.1 * (z + 100))
    hollow = np.sqrt((x - 22) ** 2 + (y - 62) ** 2) - 56.0
    return np.asarray(np.minimum(np.minimum(under - 1.5, edge * 0.8), np.minimum(front, hollow)))


def spleen(x: Field, y: Field, z: Field | float, under: Field) -> Field:
    """The spleen."""
    u, v = turned(x, y, (96, 36), 58)
    return np.asarray(np.minimum(ellipsoid(u, v, z, (0, 0, -128), (48, 24, 42)), under - 2.0))


def stomach(x: Field, y: Field, z: Field | float, under: Field) -> Field:
    """The stomach with its wall."""
    return np.asarray(np.minimum(ellipsoid(x, y, z, (66, -22, -128), (48, 44, 46)), under - 5.0))
