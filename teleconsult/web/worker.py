"""gunicorn's thread worker: no thread waits for a request or for an end, and refusals of its own are problem documents, too."""

import logging
import re
import socket
from typing import Any, Final

from gunicorn import util
from gunicorn.http.body import Body, ChunkedReader, LengthReader
from gunicorn.workers.gthread import ThreadWorker

from teleconsult.web.lobby import Connection, Lobby
from teleconsult.web.problems import document

log = logging.getLogger(__name__)
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
_READS_NOTHING_MS: Final = 60_000
"""Whoever takes nothing of an answer for so long is cut off by the kernel (TCP_USER_TIMEOUT): a thread waits for each."""


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Threads for requests that have come, and a lobby for all other connections."""

    def run(self) -> None:
        self._lobby = Lobby(self.poller, self.enqueue_req, self._gone)
        super().run()

    def accept(self, listener: Any) -> None:
        """When this is the last one to be had, another has to go."""
        try:
            line, address = listener.accept()
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _READS_NOTHING_MS)
        except (BlockingIOError, ConnectionError):
            return
        except OSError as error:
            log.warning("no connection: %s", error)  # no more files, say
            self._make_room()
            return
        self.nr_conns += 1
        self._lobby.enter(Connection(self.cfg, line, address, listener.getsockname()))
        if self.nr_conns >= self.worker_connections:
            self._make_room()

    def _make_room(self) -> None:
        if self.keepalived_conns:
            idle = self.keepalived_conns.popleft()
            self.poller.unregister(idle.sock)
            idle.close()
            self._gone(idle)
        else:
            self._lobby.make_room()

    def _gone(self, _connection: Connection) -> None:
        self.nr_conns -= 1

    def on_client_socket_readable(self, conn: Connection, client: Any) -> None:
        """The next request on a connection that was kept, unless it had to make room since."""
        if conn not in self.keepalived_conns:
            return
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._lobby.enter(conn)

    def murder_pending(self) -> None:
        """Called again and again, at the end as well."""
        self._lobby.tick(ending=not self.alive)

    def finish_request(self, conn: Connection, fs: Any) -> None:
        """gunicorn would close on its main thread, and wait."""
        if fs.cancelled() or not fs.result():
            self._lobby.see_out(conn)
        elif conn.parser.unreader.buf.tell():
            self._lobby.enter(conn)
        else:
            super().finish_request(conn, fs)

    def handle_request(self, req: Any, conn: Connection) -> Any:
        usual = req.should_close

        def should_close() -> bool:
            """Asked when the answer begins, and after it."""
            if _unread(req.body) > conn.parser.unreader.buf.tell():
                req.force_close()
            return bool(usual())

        req.should_close = should_close
        return super().handle_request(req, conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """gunicorn decides what is wrong and logs it; its page of HTML is kept back and a problem document sent."""
        page = _Page(client)
        super().handle_error(req, page, addr, exc)
        if found := _STATUS.match(page.content):
            try:
                util.write_nonblock(client, document(int(found[1])))
            except OSError:
                log.debug("whoever asked has gone")


def _unread(body: Body) -> float:
    """How much of it the application has not asked for: somebody may still be sending that."""
    reader = body.reader
    if isinstance(reader, LengthReader):
        return float(reader.length)
    return float("inf") if isinstance(reader, ChunkedReader) and reader.parser is not None else 0


class _Page:
    """A socket that keeps what is sent to it."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.content = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def sendall(self, content: bytes) -> None:
        self.content += content
