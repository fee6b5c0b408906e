"""The child process that decodes: `python -m teleconsult.imaging.render_child`, started by `render_apart`.

One JSON request a line on standard input, one answer on standard output: four bytes of length, a JSON head, then the
pictures' bytes; before the first one four zeros, when it is ready. Before each request it asks the kernel to kill it after so many seconds: a codec that hangs in C cannot
prevent that, and neither can the death of the parent. It ends with its input.
"""

import gc
import io
import json
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import imagecodecs
from PIL import Image

from teleconsult.imaging import pixels, render, render_cards, renditions, waveform
from teleconsult.imaging.pixels_explicit import explicit_bytes
from teleconsult.imaging.pixels_file import opened
from teleconsult.imaging.pixels_values import Undecodable

READY = bytes(4)
"""Said once when it has started: from then on a request's time counts."""
Answer = tuple[dict[str, Any], list[bytes]]
Done = Callable[[dict[str, Any]], Answer]


def main() -> None:
    serve(_pictures)


def serve(done: Done) -> None:
    """Answer requests with what `done` gives until the input ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a C library prints must not fall into the answers
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.freeze()  # the modules stay: looking through them for garbage again and again finds none
    answers.write(READY)
    answers.flush()
    for line in sys.stdin:
        request = json.loads(line)
        signal.alarm(max(1, int(request["seconds"])))  # default action: the kernel ends this process
        _limit_memory(int(request["memory"]))
        head, blobs = _answer(request, done)
        signal.alarm(0)
        _write(answers, head, blobs)


def _limit_memory(size: int) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = size if most == resource.RLIM_INFINITY else min(size, most)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, most))


def _answer(request: dict[str, Any], done: Done) -> Answer:
    try:
        return done(request)
    except Undecodable as error:
        return {"code": error.code, "detail": error.detail}, []
    except FileNotFoundError as error:
        return {"code": "pixels.file_absent", "detail": str(error)}, []
    except MemoryError:
        return {"code": "pixels.too_large", "detail": "out of memory"}, []
    except Exception as error:  # the boundary of this process: any other fault of one picture is that picture's reason
        return {"code": "pixels.corrupt", "detail": f"{type(error).__name__}: {error}"[:300]}, []


def _pictures(request: dict[str, Any]) -> Answer:
    path, looks = Path(request["path"]), request["looks"]
    if request["what"] in ("raw", "rendition"):
        with pixels.reader(path) as reader:
            wanted = renditions.made if request["what"] == "rendition" else explicit_bytes
            content = wanted(reader, int(request["index"]))
        return {"sizes": [len(content)]}, [content]
    if request["what"] == "ecg":
        with opened(path) as found:
            tracing = waveform.tracing(found.header)
        drawn = [render_cards.ecg(tracing, (look["width"], look["height"])) for look in looks]
    else:
        frame = pixels.frame(path, int(request["index"]))
        window = render.Window(*request["window"]) if request.get("window") else None
        if (ready := _as_it_is(frame, window, request)) is not None:
            return {"sizes": [len(ready)]}, [ready]
        whole = render.render(frame, window, overlays=bool(request.get("overlays")))
        rows, columns = frame.pixels.shape[:2]
        drawn = [
            render.fitted(
                render.part(whole, (columns, rows), look.get("region")),
                (look["width"], look["height"]) if look["width"] else None,
            )
            for look in looks
        ]
    blobs = [encoded(picture, look["format"], look["quality"]) for picture, look in zip(drawn, looks, strict=True)]
    return {"sizes": [len(blob) for blob in blobs]}, blobs


def _as_it_is(frame: pixels.Frame, window: render.Window | None, request: dict[str, Any]) -> bytes | None:
    """A grey frame that is wanted once, whole, in its own size and as JPEG, the usual preview, without the way through a picture."""
    looks = request["looks"]
    if len(looks) != 1 or frame.pixels.ndim != 2 or frame.photometric == "PALETTE COLOR" or request.get("overlays"):
        return None
    (look,) = looks
    if look["format"] != "jpeg" or look.get("region"):
        return None
    if render.size_in(frame, (look["width"], look["height"]) if look["width"] else None) != frame.pixels.shape[::-1]:
        return None
    return bytes(imagecodecs.jpeg8_encode(render.grey_levels(frame, window), level=look["quality"]))


def encoded(picture: Image.Image, kind: str, quality: int) -> bytes:
    """The picture as webp, jpeg or png bytes."""
    out = io.BytesIO()
    options: dict[str, Any] = {"webp": {"quality": quality, "method": 2}, "jpeg": {"quality": quality}, "png": {}}[kind]
    picture.save(out, kind.upper(), **options)
    return out.getvalue()


def _write(answers: BinaryIO, head: dict[str, Any], blobs: list[bytes]) -> None:
    text = json.dumps(head).encode()
    answers.write(b"".join((struct.pack(">L", len(text)), text, *blobs)))
    answers.flush()


if __name__ == "__main__":
    main()
