"""pynetdicom's two loops without their sleeps: each waits until there is something to do.

The state machine, the queues and the services are pynetdicom's own. Its provider thread looked at the socket a thousand times a second, its
association thread at a queue; with fifty associations that alone filled a core.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pynetdicom.dul import DULServiceProvider
from pynetdicom.pdu import A_ABORT_RQ

from dicom_node.line import Line
from dicom_node.turnstile import Turnstile, put_in

if TYPE_CHECKING:
    from pynetdicom.association import Association

LOG = logging.getLogger(__name__)
_LONGEST_WAIT = 0.25  # the timers are looked at this often
_REQUESTED = "Sta3"  # the request has come, the answer has not gone (PS3.8 table 9-4)


class Unserved(Exception):
    """An association that nobody answers or serves any more."""


class Telling(queue.Queue[Any]):
    """A queue that tells somebody of everything put into it."""

    def __init__(self, tell: Callable[[], None]) -> None:
        super().__init__()
        self._tell = tell

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        super().put(item, block, timeout)
        self._tell()


class Checkpoint(Turnstile):
    """What pynetdicom's association thread passes in each round. It passes when there is something to look at."""

    def __init__(self) -> None:
        self._stirred = threading.Event()
        super().__init__()

    def stir(self) -> None:
        self._stirred.set()

    def set(self) -> None:
        super().set()
        self._stirred.set()

    def wait(self, timeout: float | None = None) -> bool:
        while super().wait(timeout):
            self._stirred.wait(_LONGEST_WAIT)
            self._stirred.clear()
            if self.is_set():
                return True
        return False


class Provider(DULServiceProvider):
    """The upper layer of one association (PS3.8 §9), in one thread that waits on the socket and on its own queues together.

    `take_in` is asked first whenever something has come while data may be transferred; what it leaves is pynetdicom's.
    """

    def __init__(self, association: Association, checkpoint: Checkpoint) -> None:
        super().__init__(association)
        self._lock = threading.Lock()
        self._bell, self._rope = os.pipe()
        os.set_blocking(self._bell, False)
        os.set_blocking(self._rope, False)
        self.event_queue = Telling(self._ring)
        self.to_provider_queue = Telling(self._ring)
        self.to_user_queue = Telling(checkpoint.stir)
        self.take_in: Callable[[], bool] = lambda: False
        self.gave_up = False
        self._request_by: float | None = None
        self._forsaken = False

    def run_reactor(self) -> None:
        self._idle_timer.start()
        if self.artim_timer.timeout is not None:
            self._request_by = time.monotonic() + self.artim_timer.timeout
        self.assoc._dul_ready.set()  # noqa: SLF001 (the association waits for it)
        while not self._kill_thread:
            if self.artim_timer.expired:
                self.event_queue.put("Evt18")
            try:
                self._look_whether_anybody_answers()
                if not self._process_recv_primitive() and self._is_transport_event():
                    self._idle_timer.restart()
                self._act_or_wait()  # a request that decodes may still hold what no primitive takes
            except Exception as error:  # the shell's boundary, as in the loop that this one replaces
                LOG.info("aborted: %s: %s", type(error).__name__, error)
                self._give_up()
                return

    def forsake(self) -> None:
        """Nobody serves the association any more: abort it. From any thread, repeats safely."""
        self._forsaken = True
        self._ring()

    def _look_whether_anybody_answers(self) -> None:
        """pynetdicom's ARTIM ends with the last byte of the request; whoever asked would wait for an answer that never comes."""
        if self._forsaken:
            raise Unserved("its service has failed")
        overdue = self._request_by is not None and time.monotonic() > self._request_by
        if overdue and self.state_machine.current_state == _REQUESTED:
            raise Unserved("no answer to its request in time")

    def _act_or_wait(self) -> None:
        try:
            event = self.event_queue.get(block=False)
        except queue.Empty:
            self._wait()
        else:
            self.state_machine.do_action(event)

    def _wait(self) -> None:
        line = self.socket
        if isinstance(line, Line):
            line.wait(self._bell, _LONGEST_WAIT)
        with contextlib.suppress(BlockingIOError):
            os.read(self._bell, 4096)

    def _is_transport_event(self) -> bool:
        if (
            self.state_machine.current_state == "Sta6"
            and self.socket is not None
            and self.socket.ready
            and self.take_in()
        ):
            return True
        return super()._is_transport_event()

    def _give_up(self) -> None:
        """A-ABORT past the state machine, which nothing is known about any more."""
        self.gave_up = True
        abort = A_ABORT_RQ()
        abort.source, abort.reason_diagnostic = 0x02, 0x00
        if self.socket is not None:
            self.socket.send(abort.encode())
        self.assoc.is_aborted, self.assoc.is_established = True, False
        self.assoc._kill = self._kill_thread = True  # noqa: SLF001 (both threads end)
        if self.assoc.requestor.primitive is None:
            self.to_user_queue.put(None)  # it waits for the request, until ARTIM ends

    def kill_dul(self) -> None:
        super().kill_dul()
        self._ring()

    def stop_dul(self) -> bool:
        if self.state_machine.current_state != "Sta1":
            return False
        self.kill_dul()
        while self.is_alive():
            time.sleep(0.001)
        return True

    def _ring(self) -> None:
        with self._lock:
            if self._rope >= 0:
                with contextlib.suppress(BlockingIOError):  # it has been rung often enough
                    os.write(self._rope, b"!")

    def close(self) -> None:
        """Let go of what the operating system lent, after the thread has ended."""
        with self._lock:
            if self._rope >= 0:
                os.close(self._bell)
                os.close(self._rope)
                self._rope = -1


def wait_instead_of_polling(association: Association, line: Line) -> Provider:
    """Give an association that has not started yet these loops in the place of its own, with `line` as its connection."""
    checkpoint = Checkpoint()
    put_in(association, checkpoint)
    provider = Provider(association, checkpoint)
    provider.socket = line
    provider.event_queue.put("Evt5")  # the connection is there (PS3.8 9.2)
    association.dul = provider
    association.acse_timeout, association.network_timeout = association.acse_timeout, association.network_timeout
    association.dimse.msg_queue = Telling(checkpoint.stir)
    association.run = lambda: _served(association, provider)  # type: ignore[method-assign]
    return provider


def _served(association: Association, provider: Provider) -> None:
    """The association's thread. A request that decodes may still be one that pynetdicom cannot negotiate: a context without a transfer syntax.
    Its thread would die of it, and the connection stay for as long as the peer likes."""
    try:
        association.run_reactor()
    except Exception as error:  # the shell's boundary: what nobody foresaw ends this association and no other
        LOG.warning("an association with %s failed: %s: %s", association.requestor.address, type(error).__name__, error)
        provider.forsake()
