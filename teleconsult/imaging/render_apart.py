"""Pictures drawn in a child process, so that a codec which hangs or crashes costs one picture and nothing else.

Pixels come from strangers and decoders are C code. A `RenderApart` keeps one warm child; a request has a time and a
memory limit; a child that dies or is late is replaced and the frame gets a reason: `pixels.decoder_hung` or
`pixels.decoder_crashed`. A crash is tried once more in a fresh child first (memory may have been short); a hang is not.
"""

import json
import os
import select
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from teleconsult.imaging.pixels_values import Undecodable

_STARTING = 60.0  # what a new child gets to be ready: on a busy machine its imports take longer than any picture
_GRACE = 3.0  # what the kernel's own alarm gets before the parent ends the child
_GIB = 1 << 30
_PIPE = 1 << 20  # a frame of CT goes through in one piece


@dataclass(frozen=True, slots=True)
class Look:
    """One picture wanted: fitted into width × height (0, 0: full size), as webp, jpeg or png.

    `region` is a part of the frame in its own pixels: left, top, width, height; a negative width or height mirrors it.
    """

    width: int = 0
    height: int = 0
    format: str = "webp"
    quality: int = 80
    region: tuple[int, int, int, int] | None = None


_LOOK = tuple(each.name for each in fields(Look))


@dataclass(slots=True)
class RenderApart:
    """One child process and its pipe. May be shared by threads: requests wait for each other."""

    seconds: float = 20.0
    memory: int = 8 * _GIB
    module: str = "teleconsult.imaging.render_child"
    _child: subprocess.Popen[bytes] | None = None
    _is_ready: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def frame(
        self,
        path: Path,
        index: int,
        looks: Sequence[Look],
        *,
        window: tuple[float, float, str] | None = None,
        overlays: bool = False,
    ) -> list[bytes]:
        """Frame `index` (from 0) in each of the looks, decoded once. Raises Undecodable."""
        return self._ask(
            {"what": "frame", "path": str(path), "index": index, "window": window, "overlays": overlays}, looks
        )

    def raw(self, path: Path, index: int) -> bytes:
        """Frame `index` (from 0) decoded, as `explicit_bytes` lays it out. Raises Undecodable."""
        return self._ask({"what": "raw", "path": str(path), "index": index}, ())[0]

    def rendition(self, path: Path, index: int) -> bytes:
        """Frame `index` (from 0) as HTJ2K for slow lines (`renditions`). Raises Undecodable."""
        return self._ask({"what": "rendition", "path": str(path), "index": index}, ())[0]

    def ecg(self, path: Path, looks: Sequence[Look]) -> list[bytes]:
        """A tracing's leads in each of the looks (sizes are exact). Raises Undecodable."""
        return self._ask({"what": "ecg", "path": str(path)}, looks)

    def ask(self, wanted: dict[str, Any], seconds: float) -> list[bytes]:
        """What a child of another `module` does, in a time of its own. Raises Undecodable."""
        return self._ask(wanted, (), seconds)

    def warm(self) -> None:
        """Start the child now, so that the first picture does not wait for it."""
        with self._lock:
            self._running()

    def close(self) -> None:
        """End the child. Safe to repeat."""
        with self._lock:
            self._end()

    def __enter__(self) -> "RenderApart":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, wanted: dict[str, Any], looks: Sequence[Look], seconds: float | None = None) -> list[bytes]:
        limit = self.seconds if seconds is None else seconds
        drawn = [{name: getattr(look, name) for name in _LOOK} for look in looks]
        line = json.dumps({**wanted, "looks": drawn, "seconds": limit, "memory": self.memory}).encode() + b"\n"
        with self._lock:
            try:
                return self._once(line, limit)
            except Undecodable as error:
                if error.code != "pixels.decoder_crashed":
                    raise
                return self._once(line, limit)

    def _once(self, line: bytes, seconds: float) -> list[bytes]:
        child, limit = self._running(), _STARTING
        try:
            if not self._is_ready:
                self._read(child, 4, time.monotonic() + limit)
                self._is_ready = True
            limit = seconds
            deadline = time.monotonic() + limit + _GRACE
            if child.stdin is None:
                raise BrokenPipeError
            child.stdin.write(line)
            child.stdin.flush()
            (length,) = struct.unpack(">L", self._read(child, 4, deadline))
            head: dict[str, Any] = json.loads(self._read(child, length, deadline))
            blobs = [self._read(child, size, deadline) for size in head.get("sizes", [])]
        except (BrokenPipeError, EOFError, TimeoutError) as error:
            raise self._lost(error, limit) from error
        if "code" in head:
            raise Undecodable(head["code"], head["detail"])
        return blobs

    def _lost(self, error: BaseException, limit: float) -> Undecodable:
        """The child did not answer: end it and say why."""
        ended = self._end()
        if isinstance(error, TimeoutError) or ended == -14:  # SIGALRM: its own time limit
            return Undecodable("pixels.decoder_hung", f"no answer within {limit:g} s")
        how = f"signal {-ended}" if ended < 0 else f"exit code {ended}"
        return Undecodable("pixels.decoder_crashed", f"the decoder ended with {how}")

    def _read(self, child: subprocess.Popen[bytes], size: int, deadline: float) -> bytes:
        out = bytearray()
        if child.stdout is None:
            raise EOFError
        pipe, waiting = child.stdout.fileno(), select.poll()  # not select(): a web process may have many sockets
        waiting.register(pipe, select.POLLIN)
        while len(out) < size:
            if not waiting.poll(max(0.0, deadline - time.monotonic()) * 1000):
                raise TimeoutError
            part = os.read(pipe, min(1 << 20, size - len(out)))
            if not part:
                raise EOFError
            out += part
        return bytes(out)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._end()
            self._is_ready = False
            self._child = subprocess.Popen(
                [sys.executable, "-m", self.module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pipesize=_PIPE,
            )
        return self._child

    def _end(self) -> int:
        """End the child if there is one; how it ended (negative: by that signal)."""
        child, self._child = self._child, None
        if child is None:
            return 0
        try:
            ended = child.wait(0.5)  # one that is dying tells the cause
        except subprocess.TimeoutExpired:
            child.kill()
            ended = child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
        return ended
