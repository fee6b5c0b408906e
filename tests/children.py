"""Programs that tests start: each on a free loopback port, each ended by its own process id and no other."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import cycle
from pathlib import Path
from types import TracebackType


def free_port() -> int:
    """A loopback port that nothing listens on, and that nobody else is given while its server is down: of a block of this process's own,
    below the ports that the system lends to connections."""
    while True:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port := next(_ports)))
            return port


def _block() -> Iterator[int]:
    """Ports of this process: of pytest-xdist's by its number, begun anywhere, for other runs may be under way."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw7").removeprefix("gw")) % 8
    block = range(13_000 + 2_400 * number, 13_000 + 2_400 * (number + 1))
    begin = os.getpid() * 7 % len(block)
    return cycle((*block[begin:], *block[:begin]))


_ports = _block()


def accepts(port: int) -> bool:
    """Whether something on this machine answers on the port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for(fact: Callable[[], object], what: str, seconds: float = 60.0) -> None:
    """Return as soon as `fact()` is truthy; AssertionError naming `what` when it is not in time."""
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end, f"not within {seconds:g} s: {what}"
        time.sleep(0.02)


_started: weakref.WeakSet[Child] = weakref.WeakSet()


class Child:
    """A started program. Its output goes to `log`, which is shown when it does not come up, or when a test fails beside it."""

    def __init__(
        self,
        command: Sequence[str | Path],
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        account: int | None = None,
    ) -> None:
        self.log = log
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
                cwd=cwd,
                user=account,
                extra_groups=[] if account is not None else None,
                start_new_session=True,  # a Ctrl-C meant for pytest does not hit it half way
            )
        _started.add(self)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    @property
    def code(self) -> int | None:
        """With which it ended, while it runs None."""
        return self._process.poll()

    @property
    def last_words(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""

    def up(self, fact: Callable[[], object], what: str, seconds: float = 90.0) -> None:
        """Wait for the fact that shows it serves; its log is in the error when it does not."""
        try:
            wait_for(lambda: not self.running or fact(), what, seconds)
            assert self.running, f"ended with exit code {self._process.returncode} before: {what}"
        except AssertionError as error:
            self.kill()
            raise AssertionError(f"{error}\n{self.last_words}") from None

    def stop(self, seconds: float = 15.0, end_signal: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end and wait; killed when it does not. Returns its exit code. Safe to repeat."""
        if self.running:
            self._process.send_signal(end_signal)
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return self.kill()

    def kill(self) -> int:
        """End it at once (SIGKILL), as a power cut would."""
        if self.running:
            self._process.kill()
        return self._process.wait(10)

    def kill_group(self) -> int:
        """As `kill`, together with the processes that it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        return self._process.wait(10)

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            print(f"{self.log.name}: {self.last_words}")  # noqa: T201 (pytest shows it)
        self.stop()


def last_words() -> list[tuple[str, str]]:
    """Of each program that runs now: where its log is, and the end of it. A database's is long, and hides what went wrong."""
    told = [child for child in _started if child.running and "postgres" not in str(child.log)]
    return [(str(child.log), child.last_words) for child in told]
