"""An object in another transfer syntax, for a peer that does not take the one it is stored in.

Only where nothing is lost: little-endian syntaxes among each other, and images whose compression is reversible.
"""

import contextlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from teleconsult.imaging import codecs, transcode
from teleconsult.imaging.pixels_values import Undecodable
from teleconsult.kernel.errors import Refused, invalid
from teleconsult.kernel.values import new_id
from teleconsult.records.blobs import storage_faults

TARGETS: Final = (str(ExplicitVRLittleEndian), str(ImplicitVRLittleEndian))
MOST_BYTES: Final = 512 << 20
"""Of pixels, unpacked: larger objects go out as they are or not at all."""


class Decoding(Protocol):
    """Decodes a frame where a codec that crashes costs nothing but the frame."""

    def raw(self, path: Path, index: int) -> bytes: ...


@contextmanager
def plain(
    stored: Path, syntax: str, taken: Collection[str], apart: Decoding, folder: Path
) -> Iterator[tuple[Path, str]]:
    """The bare data set as a file in one of the `taken` syntaxes, and which; gone at the end.

    INVALID `dimse.syntax` with the reason in its detail where that cannot be had without loss, BUSY `storage.full`.
    """
    target = next((each for each in TARGETS if each in taken), None)
    if target is None:
        raise _unfit(syntax, "the peer takes no little-endian syntax either")
    if syntax not in codecs.LOSSLESS:
        raise _unfit(syntax, "it cannot be unpacked without loss")
    path = folder / f"out-{new_id()}.part"
    try:
        try:
            _write(stored, target, apart, path)
        except Undecodable as error:
            raise _unfit(syntax, str(error)[:200]) from error
        yield path, target
    finally:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()


def _write(stored: Path, target: str, apart: Decoding, path: Path) -> None:
    pieces = transcode.dataset(
        stored, lambda index: apart.raw(stored, index), implicit=target == TARGETS[1], exact=True, most=MOST_BYTES
    )
    with storage_faults(), path.open("wb") as out:
        for piece in pieces:
            out.write(piece)


def _unfit(syntax: str, why: str) -> Refused:
    return invalid("dimse.syntax", f"stored as {syntax}: {why}")
