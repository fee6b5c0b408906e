"""gunicorn's thread worker, whose own refusals (a request that can't be parsed or is too long) are problem documents, too."""

import logging
import re
from typing import Any

from gunicorn import util
from gunicorn.workers.gthread import ThreadWorker

from teleconsult.kernel.values import new_id
from teleconsult.web import problems

log = logging.getLogger(__name__)
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Threads that answer every failure in our words."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """gunicorn decides what is wrong and logs it; its page of HTML is kept back and a problem document sent."""
        page = _Page(client)
        super().handle_error(req, page, addr, exc)
        if found := _STATUS.match(page.content):
            try:
                util.write_nonblock(client, document(int(found[1])))
            except OSError:
                log.debug("whoever asked has gone")


class _Page:
    """A socket that keeps what is sent to it."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.content = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def sendall(self, content: bytes) -> None:
        self.content += content


def document(status: int) -> bytes:
    """A whole answer, after which the connection is closed. Repeats nothing of what was asked."""
    params = {"number": new_id()[-8:]} if status == 500 else {}
    if params:
        log.error("failure %s outside of the application", params["number"])
    response = problems.problem(status, problems.code_of(status), "", params)
    response.headers["Connection"] = "close"
    head = "".join(f"{name}: {value}\r\n" for name, value in response.headers)
    return f"HTTP/1.1 {response.status}\r\n{head}\r\n".encode("latin-1") + response.get_data()
