"""Frames of MPEG-2, H.264 and HEVC streams (PS3.5 8.2.5 ff.) by PyAV."""

from typing import BinaryIO

import av
import numpy as np
from av.error import FFmpegError

from teleconsult.imaging.pixels_values import Array, Layout, Undecodable

_PROBE_BYTES = 8 << 20  # enough for headers and the first group of pictures of a medical stream


def frame(stream: BinaryIO, index: int, layout: Layout) -> Array:
    """Frame `index` (from 0) as RGB, rows × columns × 3. Frames are decoded in order: cheap at the start, dear at the end.

    Raises Undecodable: pixels.corrupt, pixels.frame_absent, pixels.size_mismatch.
    """
    try:
        with av.open(stream, mode="r", options={"probesize": str(_PROBE_BYTES)}) as container:
            if not container.streams.video:
                raise Undecodable("pixels.corrupt", "no video track")
            for at, picture in enumerate(container.decode(video=0)):
                if at == index:
                    return _rgb(picture, layout)
    except (FFmpegError, OSError, ValueError) as error:
        raise Undecodable("pixels.corrupt", f"video: {error}"[:300]) from error
    raise Undecodable("pixels.frame_absent", f"the stream ends before frame {index + 1}")


def _rgb(picture: av.VideoFrame, layout: Layout) -> Array:
    array: Array = np.asarray(picture.to_ndarray(format="rgb24"))
    if array.shape[:2] != (layout.rows, layout.columns):
        raise Undecodable("pixels.size_mismatch", f"video is {array.shape[1]}×{array.shape[0]}")
    return array
