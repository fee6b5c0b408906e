"""A small colour ultrasound cine: a beating four-chamber view in a fan, speckle, and a patch of colour flow.

`cine` promises uint8 RGB, shape (frames, rows, columns, 3).
"""

from __future__ import annotations

import numpy as np

from teleconsult.demo.phantoms.shapes import Cloud, Field, inside

FRAMES, ROWS, COLUMNS, FRAME_MS = 24, 432, 576, 42.0


def _chamber(x: Field, y: Field, centre: tuple[float, float], radii: tuple[float, float], squeeze: float) -> Field:
    a, b = radii[0] * squeeze, radii[1] * (0.4 + 0.6 * squeeze)
    r = np.sqrt(((x - centre[0]) / a) ** 2 + ((y - centre[1]) / b) ** 2)
    return np.asarray((1.0 - r) * min(a, b))


def _frame(phase: float, speckle: Field, tissue: Field, x: Field, y: Field, depth: Field) -> Field:
    beat = 0.5 - 0.5 * np.cos(2 * np.pi * phase)
    low, high = 1.0 - 0.20 * beat, 0.88 + 0.16 * beat
    rooms = (
        _chamber(x, y, (24, 62), (21, 36), low), _chamber(x, y, (-20, 64), (15, 31), low),
        _chamber(x, y, (22, 124), (22, 23), high), _chamber(x, y, (-22, 122), (20, 21), high),
    )  # fmt: skip
    blood = np.max([inside(room, 4.0) for room in rooms], axis=0)
    muscle = inside(_chamber(x, y, (2, 90), (56, 78), 1.0 - 0.05 * beat), 8.0)
    leaf = np.abs(np.abs(x) - 22) / 17  # leaflets meet in the middle of each opening while the ventricles contract
    valve = (np.abs(y - 100 + 16 * (1 - beat) * (leaf - 0.5)) < 1.5) & (leaf < 1.0)
    grey = (0.16 + 0.34 * muscle * (1 - 0.25 * tissue)) * (1 - 0.93 * blood) + 0.5 * valve
    grey += 0.3 * np.exp(-(((depth - 172) / 7) ** 2))
    grey = grey * (0.35 + 0.9 * speckle) * np.exp(-depth / 260)
    rgb = np.repeat((np.clip(grey * 1.45, 0, 1) ** 0.8)[..., None], 3, axis=-1)
    flow = (
        inside(_chamber(x, y, (22, 92), (9, 34), 1.0), 10.0) * blood * (0.55 + 0.45 * np.sin(2 * np.pi * phase + 0.4))
    )
    colour = np.array([0.95, 0.25, 0.05]) if phase % 1.0 < 0.55 else np.array([0.05, 0.35, 0.95])
    strong = np.clip(flow * (0.6 + 0.6 * speckle), 0, 1)[..., None]
    return np.asarray(rgb * (1 - strong) + strong * colour)


def cine(seed: int = 5) -> Field:
    """One heart beat and a bit, 24 frames a second."""
    draw = np.random.default_rng(seed)
    columns, rows = np.arange(COLUMNS) - COLUMNS / 2, np.arange(ROWS) - 14.0
    x, y = np.broadcast_arrays((columns / 2.15)[None, :].astype(np.float32), (rows / 2.15)[:, None].astype(np.float32))
    depth, angle = np.hypot(x, y), np.abs(np.arctan2(x, y))
    fan = (angle < 0.68) & (depth > 4) & (depth < 190) & (y > 0)
    tissue = Cloud(seed, 26.0, reach=320).on(columns.astype(np.float32), rows.astype(np.float32), 0.0)
    frames = []
    for index in range(FRAMES):
        raw = draw.standard_normal((2, ROWS, COLUMNS), dtype=np.float32)
        raw[:, :, 1:] += raw[:, :, :-1]
        raw[:, 1:] += raw[:, :-1]
        speckle = np.hypot(raw[0], raw[1]) / 2.8
        frame = _frame(index / 20.0, speckle, tissue, x, y, depth) * fan[..., None]
        frame[20:150, 20:30] = np.linspace(1, -1, 130)[:, None, None] * [0.9, 0.2, -0.9]
        frames.append((np.clip(frame, 0, 1) * 255).astype(np.uint8))
    return np.stack(frames)
