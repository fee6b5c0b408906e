"""A multipart/related request taken apart while it comes in (RFC 2046 5.1, RFC 2387). Pure: no Flask, no files.

What lies in memory at any time is one piece of a part, whatever the size of the whole.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message

from teleconsult.kernel.errors import invalid

Read = Callable[[int], bytes]
_PIECE = 1 << 18
_MOST_HEAD = 16 << 10
_MOST_PREAMBLE = 64 << 10


@dataclass(frozen=True, slots=True)
class Arriving:
    """One part: how it calls itself (lower case, without parameters; empty when it does not say), and its body in pieces."""

    media: str
    body: Iterator[bytes]


class Parts:
    """The parts, one after another, of what `read` gives. A body that nobody reads to its end is passed over.

    INVALID `dicomweb.multipart` when the request ends before its last boundary, or is no multipart at all.
    """

    def __init__(self, read: Read, boundary: str) -> None:
        self._read = read
        self._mark = b"\r\n--" + boundary.encode("latin-1", "replace")
        self._held = bytearray(b"\r\n")  # so that a boundary at the very beginning is one, too

    def __iter__(self) -> Iterator[Arriving]:
        before = 0
        for piece in self._to_mark():
            before += len(piece)
            if before > _MOST_PREAMBLE:
                raise _torn("it does not begin with its boundary")
        while not self._ended():
            part = Arriving(self._head(), self._to_mark())
            yield part
            for _ in part.body:
                pass

    def _to_mark(self) -> Iterator[bytes]:
        """Everything up to the next boundary, which is then behind us."""
        searched = 0
        while True:
            at = self._held.find(self._mark, searched)
            if at < 0:
                sure = len(self._held) - len(self._mark) + 1
                if sure > 0:
                    yield bytes(self._held[:sure])
                    del self._held[:sure]
                searched = 0
                self._more()
                continue
            after = at + len(self._mark)
            while len(self._held) < after + 2:
                self._more()
            if bytes(self._held[after : after + 2]) in (b"--", b"\r\n") or self._held[after] in b" \t":
                if at:
                    yield bytes(self._held[:at])
                del self._held[:after]
                return
            searched = at + 1  # the beginning of something longer

    def _ended(self) -> bool:
        return self._held[:2] == b"--"

    def _head(self) -> str:
        while (at := self._held.find(b"\r\n\r\n")) < 0:
            if len(self._held) > _MOST_HEAD:
                raise _torn("a part without an end of its headers")
            self._more()
        lines = self._held[:at].decode("latin-1").split("\r\n")[1:]
        del self._held[: at + 4]
        for line in lines:
            name, _, value = line.partition(":")
            if name.strip().lower() == "content-type":
                return value.split(";")[0].strip().lower()
        return ""

    def _more(self) -> None:
        piece = self._read(_PIECE)
        if not piece:
            raise _torn("it ends before its last boundary")
        self._held += piece


def described(content_type: str) -> tuple[str, str, str]:
    """Media type, `type` and `boundary` of a Content-Type header, empty where it does not say."""
    said = Message()
    said["Content-Type"] = content_type.replace("\r", " ").replace("\n", " ")
    if not content_type:
        return "", "", ""
    return said.get_content_type(), _text(said.get_param("type")).lower(), _text(said.get_param("boundary"))


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _torn(why: str) -> Exception:
    return invalid("dicomweb.multipart", why)
