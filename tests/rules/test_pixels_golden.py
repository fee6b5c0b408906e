"""Golden matrix: one picture, every transfer syntax, layout and colour model; lossless ones come out equal."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import imagecodecs as ic
import numpy as np
import pytest
from pydicom import Dataset, dcmwrite
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate, encapsulate_extended
from pydicom.pixels import get_encoder  # type: ignore[attr-defined]
from pydicom.uid import UID, RLELossless

from teleconsult.imaging import pixels
from teleconsult.imaging.pixels_values import Array
from tests import synth

J = "1.2.840.10008.1.2.4."
R, C = 40, 56


def grey(bits: int = 12, *, signed: bool = False) -> Array:
    r, c = np.mgrid[0:R, 0:C]
    values = (37 * r + 61 * c) % (1 << bits)
    shifted: Array = values - ((1 << (bits - 1)) if signed else 0)
    return shifted


def colour() -> Array:
    r, c = np.mgrid[0:R, 0:C]
    return np.stack([(6 * r) % 256, (4 * c) % 256, (3 * r + 2 * c) % 256], axis=-1).astype("u1")


def stored(
    path: Path,
    syntax: str,
    value: bytes | None,
    *,
    bits: tuple[int, int] = (16, 12),
    signed: bool = False,
    photometric: str = "MONOCHROME2",
    frames: int = 1,
    encapsulated: bool = True,
    **more: Any,
) -> Path:
    """A Part 10 file around these pixel bytes."""
    ds = synth.an_object(synth.CT, "OT")
    ds.Rows, ds.Columns = R, C
    ds.SamplesPerPixel = 1 if photometric.startswith(("MONO", "PALETTE")) else 3
    ds.PhotometricInterpretation, ds.PixelRepresentation = photometric, int(signed)
    ds.BitsAllocated, ds.BitsStored = bits
    ds.HighBit = bits[1] - 1
    if ds.SamplesPerPixel == 3:
        ds.PlanarConfiguration = 0
    if frames > 1:
        ds.NumberOfFrames = frames
    for keyword, element in more.items():
        setattr(ds, keyword, element)
    if value is None:
        return saved(path, syntax, ds)
    ds.PixelData = value + b"\0" * (len(value) % 2)
    ds["PixelData"].VR = "OB" if encapsulated or bits[0] <= 8 else "OW"
    ds["PixelData"].is_undefined_length = encapsulated
    return saved(path, syntax, ds)


def saved(path: Path, syntax: str, ds: Dataset) -> Path:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = UID(syntax)
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    ds.file_meta, ds.preamble = meta, b"\0" * 128
    out = BytesIO()
    explicit = syntax != "1.2.840.10008.1.2"
    dcmwrite(out, ds, implicit_vr=not explicit, little_endian=syntax != "1.2.840.10008.1.2.2", force_encoding=True)
    path.write_bytes(out.getvalue())
    return path


def deflated(raw: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(raw) + engine.flush()


def rle(array: Array) -> bytes:
    samples = 3 if array.ndim == 3 else 1
    encoded: bytes = get_encoder(RLELossless).encode(
        array, encoding_plugin="pydicom", rows=R, columns=C, samples_per_pixel=samples, number_of_frames=1,
        bits_allocated=array.dtype.itemsize * 8, bits_stored=array.dtype.itemsize * 8, pixel_representation=0,
        photometric_interpretation="RGB" if samples == 3 else "MONOCHROME2", planar_configuration=0,
    )  # fmt: skip
    return encoded


LOSSLESS: dict[str, Callable[[Array], bytes]] = {
    "1.2.840.10008.1.2.1.98": lambda a: a.tobytes(),
    "1.2.840.10008.1.2.8.1": lambda a: deflated(a.tobytes()),
    "1.2.840.10008.1.2.5": rle,
    J + "57": lambda a: bytes(ic.jpeg8_encode(a, lossless=True, predictor=4, bitspersample=12)),
    J + "70": lambda a: bytes(ic.ljpeg_encode(a, bitspersample=12)),
    J + "80": lambda a: bytes(ic.jpegls_encode(a)),
    J + "90": lambda a: bytes(ic.jpeg2k_encode(a, level=0, codecformat="j2k", reversible=True)),
    J + "201": lambda a: bytes(ic.htj2k_encode(a, reversible=True)),
    J + "202": lambda a: bytes(ic.htj2k_encode(a, reversible=True, tlm=True)),
    J + "110": lambda a: bytes(ic.jpegxl_encode(a, lossless=True)),
}
NEARLY: dict[str, Callable[[Array], bytes]] = {
    J + "51": lambda a: bytes(ic.jpeg8_encode(a, level=98, bitspersample=12)),
    J + "81": lambda a: bytes(ic.jpegls_encode(a, level=2)),
    J + "91": lambda a: bytes(ic.jpeg2k_encode(a, level=70, codecformat="j2k", reversible=False)),
    J + "203": lambda a: bytes(ic.htj2k_encode(a, level=0.0001, reversible=False)),
    J + "112": lambda a: bytes(ic.jpegxl_encode(a, distance=0.1)),
}


@pytest.mark.parametrize("syntax", sorted(LOSSLESS))
def test_a_losslessly_coded_frame_comes_out_equal(syntax: str, tmp_path: Path) -> None:
    array = grey().astype("<u2")
    path = stored(tmp_path / "a", syntax, encapsulate([LOSSLESS[syntax](array)]))
    found = pixels.frame(path)
    assert found.photometric == "MONOCHROME2"
    assert np.array_equal(found.pixels, array)


@pytest.mark.parametrize("syntax", sorted(NEARLY))
def test_a_lossily_coded_frame_comes_out_near(syntax: str, tmp_path: Path) -> None:
    r, c = np.mgrid[0:R, 0:C]
    array = (1000 + 20 * r + 10 * c).astype("<u2")
    path = stored(tmp_path / "a", syntax, encapsulate([NEARLY[syntax](array)]))
    assert np.abs(pixels.frame(path).pixels.astype(int) - array).mean() < 20


@pytest.mark.parametrize("syntax", [J + "70", J + "80", J + "90", J + "201", "1.2.840.10008.1.2.5"])
@pytest.mark.parametrize("bits", [12, 16])
def test_a_signed_frame_keeps_its_signs(syntax: str, bits: int, tmp_path: Path) -> None:
    array = grey(bits, signed=True).astype("<i2")
    as_coded = array if syntax in (J + "90", J + "201") else array.view("<u2") & ((1 << bits) - 1)
    coders: dict[str, Callable[[Array], bytes]] = {
        **LOSSLESS,
        J + "70": lambda a: bytes(ic.ljpeg_encode(a, bitspersample=bits)),
    }
    path = stored(tmp_path / "a", syntax, encapsulate([coders[syntax](as_coded)]), bits=(16, bits), signed=True)
    assert np.array_equal(pixels.frame(path).pixels, array)


def test_a_signed_header_over_an_unsigned_codestream_still_gives_signs(tmp_path: Path) -> None:
    array = grey(13, signed=True).astype("<i2")
    coded = bytes(
        ic.jpeg2k_encode(array.view("<u2") & 0x1FFF, level=0, codecformat="j2k", reversible=True, bitspersample=13)
    )
    path = stored(tmp_path / "a", J + "90", encapsulate([coded]), bits=(16, 13), signed=True)
    assert np.array_equal(pixels.frame(path).pixels, array)


@pytest.mark.parametrize(
    "syntax", ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"]
)
@pytest.mark.parametrize(("allocated", "bits"), [(8, 8), (16, 10), (16, 16), (32, 32)])
@pytest.mark.parametrize("signed", [False, True])
def test_native_grey_of_every_depth(syntax: str, allocated: int, bits: int, signed: bool, tmp_path: Path) -> None:
    array = grey(bits, signed=signed).astype(f"<{'i' if signed else 'u'}{allocated // 8}")
    raw = (array & ((1 << bits) - 1)).astype(array.dtype) if bits < allocated else array
    raw = raw.byteswap() if syntax.endswith("1.2.2") else raw
    part = stored(tmp_path / "a", syntax, raw.tobytes(), bits=(allocated, bits), signed=signed, encapsulated=False)
    assert np.array_equal(pixels.frame(part).pixels, array)


@pytest.mark.parametrize(("bits", "name"), [(1, "bit"), (12, "twelve")])
def test_frames_packed_without_gaps_are_cut_at_the_bit(bits: int, name: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    frames = rng.integers(0, 1 << bits, (3, 5, 7))
    cells = ((frames.reshape(-1, 1) >> np.arange(bits)) & 1).astype("u1").reshape(-1)
    packed = np.packbits(cells, bitorder="little").tobytes()
    path = stored(
        tmp_path / name,
        "1.2.840.10008.1.2.1",
        packed,
        bits=(bits, bits),
        frames=3,
        encapsulated=False,
        Rows=5,
        Columns=7,
    )
    for index in range(3):
        assert np.array_equal(pixels.frame(path, index).pixels, frames[index])


@pytest.mark.parametrize("planar", [0, 1])
def test_native_colour_by_pixel_and_by_plane(planar: int, tmp_path: Path) -> None:
    array = colour()
    raw = array if planar == 0 else array.transpose(2, 0, 1)
    path = stored(
        tmp_path / "a", "1.2.840.10008.1.2.1", raw.tobytes(), bits=(8, 8), photometric="RGB", encapsulated=False,
        PlanarConfiguration=planar,
    )  # fmt: skip
    assert np.array_equal(pixels.frame(path).pixels, array)


def to_ybr(rgb: Array) -> Array:
    m = np.array([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])
    ybr: Array = np.clip(np.rint(rgb @ m.T + [0, 128, 128]), 0, 255).astype("u1")
    return ybr


def test_native_ybr_full_becomes_rgb(tmp_path: Path) -> None:
    array = colour()
    path = stored(
        tmp_path / "a",
        "1.2.840.10008.1.2.1",
        to_ybr(array).tobytes(),
        bits=(8, 8),
        photometric="YBR_FULL",
        encapsulated=False,
    )
    found = pixels.frame(path)
    assert found.photometric == "RGB"
    assert np.abs(found.pixels.astype(int) - array).max() <= 2


def test_native_ybr_full_422_has_one_chroma_pair_for_two_pixels(tmp_path: Path) -> None:
    flat = np.repeat(colour()[:, ::2], 2, axis=1)  # neighbours alike, so that nothing is lost by halving
    ybr = to_ybr(flat)
    quads = np.stack([ybr[:, 0::2, 0], ybr[:, 1::2, 0], ybr[:, 0::2, 1], ybr[:, 0::2, 2]], axis=-1)
    path = stored(
        tmp_path / "a",
        "1.2.840.10008.1.2.1",
        quads.tobytes(),
        bits=(8, 8),
        photometric="YBR_FULL_422",
        encapsulated=False,
    )
    assert np.abs(pixels.frame(path).pixels.astype(int) - flat).max() <= 2


COLOUR: dict[tuple[str, str], Callable[[Array], bytes]] = {
    ("1.2.840.10008.1.2.5", "RGB"): rle,
    (J + "70", "RGB"): lambda a: bytes(
        ic.jpeg8_encode(a, lossless=True, predictor=1, colorspace="RGB", outcolorspace="RGB")
    ),
    (J + "80", "RGB"): lambda a: bytes(ic.jpegls_encode(a)),
    (J + "90", "YBR_RCT"): lambda a: bytes(ic.jpeg2k_encode(a, level=0, codecformat="j2k", reversible=True, mct=True)),
    (J + "90", "RGB"): lambda a: bytes(ic.jpeg2k_encode(a, level=0, codecformat="j2k", reversible=True, mct=False)),
    (J + "201", "YBR_RCT"): lambda a: bytes(ic.htj2k_encode(a, reversible=True)),
    (J + "110", "RGB"): lambda a: bytes(ic.jpegxl_encode(a, lossless=True)),
    ("1.2.840.10008.1.2.8.1", "RGB"): lambda a: deflated(a.tobytes()),
}


@pytest.mark.parametrize("case", sorted(COLOUR), ids=lambda case: "-".join(case))
def test_losslessly_coded_colour_comes_out_equal(case: tuple[str, str], tmp_path: Path) -> None:
    array = colour()
    path = stored(tmp_path / "a", case[0], encapsulate([COLOUR[case](array)]), bits=(8, 8), photometric=case[1])
    assert np.array_equal(pixels.frame(path).pixels, array)


@pytest.mark.parametrize(
    ("photometric", "space", "sampling"),
    [("RGB", "RGB", "444"), ("YBR_FULL_422", "YCBCR", "422"), ("YBR_FULL", "YCBCR", "444"), ("RGB", "YCBCR", "422")],
)
def test_jpeg_colour_is_right_whatever_the_header_calls_it(
    photometric: str, space: str, sampling: str, tmp_path: Path
) -> None:
    r, c = np.mgrid[0:R, 0:C]
    array = np.stack([4 * r + 40, 3 * c + 40, 200 - 2 * r], axis=-1).astype("u1")
    coded = bytes(ic.jpeg8_encode(array, level=98, colorspace="RGB", outcolorspace=space, subsampling=sampling))
    path = stored(tmp_path / "a", J + "50", encapsulate([coded]), bits=(8, 8), photometric=photometric)
    assert np.abs(pixels.frame(path).pixels.astype(int) - array).mean() < 3


def test_jpeg_xl_recompression_of_a_jpeg_gives_the_jpeg(tmp_path: Path) -> None:
    array = colour()
    jpeg = bytes(ic.jpeg8_encode(array, level=95, subsampling="444"))
    path = stored(
        tmp_path / "a",
        J + "111",
        encapsulate([bytes(ic.jpegxl_encode_jpeg(jpeg))]),
        bits=(8, 8),
        photometric="YBR_FULL",
    )
    assert np.abs(pixels.frame(path).pixels.astype(int) - ic.jpeg8_decode(jpeg)).mean() < 1


def test_palette_indices_stay_indices(tmp_path: Path) -> None:
    array = grey(8).astype("u1")
    path = stored(
        tmp_path / "a",
        "1.2.840.10008.1.2.1",
        array.tobytes(),
        bits=(8, 8),
        photometric="PALETTE COLOR",
        encapsulated=False,
    )
    found = pixels.frame(path)
    assert found.photometric == "PALETTE COLOR"
    assert np.array_equal(found.pixels, array)


def test_float_pixels_stay_floats(tmp_path: Path) -> None:
    array = grey().astype("<f4") / 7
    ds = synth.an_object(synth.CT, "OT", Rows=R, Columns=C, SamplesPerPixel=1, PhotometricInterpretation="MONOCHROME2")
    ds.BitsAllocated, ds.FloatPixelData = 32, array.tobytes()
    assert np.array_equal(pixels.frame(saved(tmp_path / "a", "1.2.840.10008.1.2.1", ds)).pixels, array)


@pytest.mark.parametrize("table", ["basic", "none", "extended"])
@pytest.mark.parametrize("pieces", [1, 3])
def test_each_frame_is_found_with_and_without_tables(table: str, pieces: int, tmp_path: Path) -> None:
    frames = [((grey() + 111 * k) % 4096).astype("<u2") for k in range(5)]
    coded = [bytes(ic.jpegls_encode(f)) for f in frames]
    more: dict[str, Any] = {}
    if table == "extended":
        value, more["ExtendedOffsetTable"], more["ExtendedOffsetTableLengths"] = encapsulate_extended(coded)
    else:
        value = encapsulate(coded, fragments_per_frame=pieces, has_bot=table == "basic")
    path = stored(tmp_path / "a", J + "80", value, frames=5, **more)
    with pixels.reader(path) as found:
        assert found.count == 5
        for index in (4, 0, 2):
            assert np.array_equal(found.frame(index).pixels, frames[index])
