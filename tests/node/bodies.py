"""multipart/related answers taken apart, as strictly as RFC 2046 has it."""

from __future__ import annotations

from email.message import Message

from werkzeug.test import TestResponse


def parts(answer: TestResponse) -> list[tuple[str, bytes]]:
    """Content type and body of each part. AssertionError for anything that is no proper multipart/related."""
    said = Message()
    said["Content-Type"] = answer.headers["Content-Type"]
    assert said.get_content_type() == "multipart/related"
    assert said.get_param("type")
    boundary = f"--{said.get_param('boundary')}".encode()
    pieces = answer.get_data().split(b"\r\n" + boundary)
    assert pieces[0] == b""
    assert pieces[-1] == b"--\r\n"
    found = []
    for piece in pieces[1:-1]:
        head, _, body = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        named = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        found.append((named["Content-Type"], body))
    return found
