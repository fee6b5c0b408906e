"""A decoded frame as bytes, the way Explicit VR Little Endian holds it (PS3.5 8.1): what DICOMweb sends when stored bytes are not wanted."""

import numpy as np

from teleconsult.imaging.pixels import FrameReader
from teleconsult.imaging.pixels_values import Undecodable


def explicit_bytes(reader: FrameReader, index: int) -> bytes:
    """Frame `index` from 0, colour by pixel, without the padding to an even length. Raises Undecodable."""
    frame, layout = reader.frame(index), reader.layout()
    if layout.bits_allocated == 1:
        return np.packbits(frame.pixels.reshape(-1).astype(bool), bitorder="little").tobytes()
    kind = frame.pixels.dtype.kind
    if layout.bits_allocated % 8 or kind not in "iuf":
        raise Undecodable("pixels.unsupported_layout", f"{layout.bits_allocated} bits allocated")
    wanted = np.dtype(f"<{kind}{layout.bits_allocated // 8}")
    return np.ascontiguousarray(frame.pixels.astype(wanted, copy=False)).tobytes()
