"""Which object a worker was at when it died, so that one fatal object does not stop its study for ever.

A small file on this machine: written before each object, gone at the end. After two deaths at the same object it is
passed over. One death is nobody's fault: workers are restarted.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FATAL = 2


class Trail:
    """The trail of one preparation, `name`d by study and version; kept in `folder`."""

    def __init__(self, folder: Path, name: str) -> None:
        self._file = folder / f"trail-{name}.json"
        self._deaths: dict[str, int] = {}
        try:
            kept = json.loads(self._file.read_text())
            self._deaths = {str(key): int(count) for key, count in kept["deaths"].items()}
            if kept["at"]:
                self._deaths[kept["at"]] = self._deaths.get(kept["at"], 0) + 1
        except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
            self._deaths = {}

    def fatal(self, key: str) -> bool:
        """Whether workers have died at this object before."""
        return self._deaths.get(key, 0) >= _FATAL

    @contextmanager
    def at(self, key: str) -> Iterator[None]:
        """Say where we are while inside."""
        self._write(key)
        yield
        self._write("")

    def forget(self) -> None:
        self._file.unlink(missing_ok=True)

    def _write(self, key: str) -> None:
        # Not synced: it is for the death of a process, not of the machine.
        self._file.write_text(json.dumps({"at": key, "deaths": self._deaths}))
