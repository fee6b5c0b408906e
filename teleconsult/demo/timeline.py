"""The steps of a walk with their seconds, and what a walk expects of each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

PATIENCE = 60.0

T = TypeVar("T")


class Broken(Exception):
    """A step of the walk did not hold."""


def expect(holds: object, what: str) -> None:
    """`Broken` with this sentence unless it holds."""
    if not holds:
        raise Broken(what)


class Timeline:
    """The steps with their seconds, printed as they happen."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say, self._began = say, time.monotonic()
        self.steps: list[tuple[str, float]] = []

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """One step; a failure is printed with it and goes on up."""
        start = time.monotonic()
        try:
            yield
        except Exception as reason:
            self._say(f"{start - self._began:7.2f} s  FAILED  {name}: {reason}")
            raise
        took = time.monotonic() - start
        self.steps.append((name, took))
        self._say(f"{start - self._began:7.2f} s  {took:6.2f} s  {name}")


def waited(find: Callable[[], T | None], what: str, seconds: float = PATIENCE) -> T:
    """Ask again until there is an answer. `Broken` after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        found = find()
        if found is not None:
            return found
        if time.monotonic() > deadline:
            raise Broken(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.1)
