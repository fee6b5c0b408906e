"""Large frames once more as HTJ2K with RPCL (1.2.840.10008.1.2.4.202), lossless: a slow line paints a low resolution at once.

The stored object is never touched and goes out as it came; a rendition stands beside it under the object's own name (its
content), so that a study that is prepared anew finds it there.

    derived/htj2k/<abc>/<sha256>.<syntax>/<n>.jhc   frame n, from 1

In RPCL the codestream begins with the lowest resolution of the whole picture, then come the differences to the next one: any
beginning of the file is a smaller or coarser picture. Decoded to the end it equals the stored frame, sample by sample; one that
does not, by another library than wrote it, is not kept.
"""

from typing import Final

import imagecodecs
import numpy as np

from teleconsult.imaging import codecs
from teleconsult.imaging.pixels import FrameReader
from teleconsult.imaging.pixels_values import Array, Layout, Undecodable
from teleconsult.records.blobs import BlobStore

SYNTAX: Final = "1.2.840.10008.1.2.4.202"
_SMALLEST: Final = 64
"""Pixels along the longer edge of the lowest resolution."""
_MOST_LEVELS: Final = 12


def gains(syntax: str, layout: Layout, least: int) -> bool:
    """Whether frames of `layout`, stored in `syntax`, get a rendition: grey, kept without loss, of at least `least` pixels (0: none do).

    Lossy frames are small already, palette indices mean nothing at a low resolution, colour this large comes as lossy JPEG.
    """
    return (
        0 < least <= layout.rows * layout.columns
        and syntax in codecs.LOSSLESS
        and syntax != SYNTAX
        and layout.samples == 1
        and layout.photometric in ("MONOCHROME1", "MONOCHROME2")
        and layout.bits_allocated in (8, 16)
        and not layout.real
    )


def made(reader: FrameReader, index: int) -> bytes:
    """Frame `index` (from 0) as a codestream. Raises Undecodable, `pixels.unsupported_layout` when it would not come back equal."""
    samples = np.ascontiguousarray(reader.frame(index).pixels)
    return encoded(samples)


def encoded(samples: Array) -> bytes:
    """Grey samples of 8 or 16 bits as HTJ2K: reversible, RPCL, resolutions in tile-parts of their own, listed in TLM."""
    try:
        stream = bytes(
            imagecodecs.htj2k_encode(
                samples,
                reversible=True,
                resolutions=levels(*samples.shape[:2]),
                tlm=True,
                tilepart=imagecodecs.HTJ2K.TILEPART.RESOLUTIONS,
            )
        )
        back = np.asarray(imagecodecs.jpeg2k_decode(stream, numthreads=1))  # OpenJPEG reads what OpenJPH wrote
    except (RuntimeError, ValueError, TypeError) as error:
        raise Undecodable("pixels.unsupported_layout", f"htj2k: {error}"[:300]) from error
    if back.dtype != samples.dtype or not np.array_equal(back, samples):
        raise Undecodable("pixels.unsupported_layout", "the rendition would not be lossless")
    return stream


def levels(rows: int, columns: int) -> int:
    """How often the picture is halved until its longer edge is at most 64 pixels."""
    edge, count = max(rows, columns), 0
    while edge > _SMALLEST and count < _MOST_LEVELS:
        edge, count = (edge + 1) // 2, count + 1
    return max(1, count)


def key(blob_key: str, number: int) -> str:
    """Where the rendition of frame `number` (from 1) of the stored object lies."""
    return f"derived/htj2k/{blob_key.removeprefix('dicom/')}/{number}.jhc"


def kept(blobs: BlobStore, blob_key: str, number: int) -> bool:
    return blobs.exists(key(blob_key, number))


def read(blobs: BlobStore, blob_key: str, number: int) -> bytes:
    """A rendition. ABSENT `blob.absent`."""
    return blobs.read(key(blob_key, number))
