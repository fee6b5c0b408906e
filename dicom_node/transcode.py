"""An object in another transfer syntax, for a peer that does not take the one it is stored in.

Only where nothing is lost: little-endian syntaxes among each other, and images whose compression is reversible.
"""

import contextlib
import struct
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from dicom_node.elements import write_elements
from teleconsult.imaging import codecs, pixels
from teleconsult.imaging.pixels_values import Undecodable
from teleconsult.kernel.errors import Refused, invalid
from teleconsult.kernel.values import new_id

TARGETS: Final = (str(ExplicitVRLittleEndian), str(ImplicitVRLittleEndian))
MOST_BYTES: Final = 512 << 20
"""Of pixels, unpacked: larger objects go out as they are or not at all."""
_NATIVE: Final = frozenset({*TARGETS, "1.2.840.10008.1.2.1.99"})
_FAULTS = (ValueError, KeyError, TypeError, AttributeError, NotImplementedError, EOFError, OSError, struct.error)


class Decoding(Protocol):
    """Decodes a frame where a codec that crashes costs nothing but the frame."""

    def raw(self, path: Path, index: int) -> bytes: ...


@contextmanager
def plain(
    stored: Path, syntax: str, taken: Collection[str], apart: Decoding, folder: Path
) -> Iterator[tuple[Path, str]]:
    """The bare data set as a file in one of the `taken` syntaxes, and which; gone at the end.

    INVALID `dimse.syntax` with the reason in its detail where that cannot be had without loss.
    """
    target = next((each for each in TARGETS if each in taken), None)
    if target is None:
        raise _unfit(syntax, "the peer takes no little-endian syntax either")
    if syntax not in _NATIVE and (syntax not in codecs.LOSSLESS or syntax == "1.2.840.10008.1.2.2"):
        raise _unfit(syntax, "it cannot be unpacked without loss")
    path = folder / f"out-{new_id()}.part"
    try:
        try:
            _write(stored, syntax, target, apart, path)
        except (Undecodable, *_FAULTS) as error:
            raise _unfit(syntax, str(error)[:200]) from error
        yield path, target
    finally:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()


def _write(stored: Path, syntax: str, target: str, apart: Decoding, path: Path) -> None:
    ds = dcmread(stored)
    if syntax not in _NATIVE:
        _unpack(ds, stored, apart)
    with path.open("wb") as out:
        write_elements(out, ds, implicit=target == TARGETS[1])


def _unpack(ds: Dataset, stored: Path, apart: Decoding) -> None:
    with pixels.reader(stored) as reader:
        layout, count = reader.layout(), reader.count
    if layout.samples != 1 and layout.photometric != "RGB":
        raise Undecodable("pixels.unsupported_layout", f"{layout.photometric} would not stay what it is")
    if layout.frame_bits // 8 * count > MOST_BYTES:
        raise Undecodable("pixels.too_large", f"more than {MOST_BYTES} bytes of pixels")
    raw = b"".join(apart.raw(stored, index) for index in range(count))
    for name in ("ExtendedOffsetTable", "ExtendedOffsetTableLengths", "PixelData"):
        if name in ds:
            delattr(ds, name)
    ds.PixelData = raw + b"\0" * (len(raw) % 2)
    ds["PixelData"].VR = "OW" if layout.bits_allocated > 8 else "OB"
    if layout.samples == 3:
        ds.PlanarConfiguration = 0


def _unfit(syntax: str, why: str) -> Refused:
    return invalid("dimse.syntax", f"stored as {syntax}: {why}")
