"""Broken decoders, for processes started with this folder on PYTHONPATH: `FAULT` is hang, crash or slow_start.

Only the process that decodes is touched. JPEG-LS stands for whatever codec a fatal stream meets.
"""

import ctypes
import os
import sys
import time

if any("render_child" in word for word in sys.orig_argv):
    if os.environ.get("FAULT") == "slow_start":
        time.sleep(6)
    import imagecodecs

    def hang(*_: object, **__: object) -> None:
        time.sleep(3600)

    def crash(*_: object, **__: object) -> None:
        ctypes.string_at(0)

    fault = {"hang": hang, "crash": crash}.get(os.environ.get("FAULT", ""))
    if fault is not None:
        setattr(imagecodecs, "jpegls_decode", fault)  # noqa: B010 (no decoder by its type)
