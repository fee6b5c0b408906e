"""What a process has taken of memory at most. Not `ru_maxrss`: a child inherits in it what its parent had when it was begun."""

from __future__ import annotations

import re
from pathlib import Path


def most_kb(pid: int | str = "self") -> int:
    """At most so far, or since `forget_most`."""
    found = re.search(r"^VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    assert found, "the kernel tells no high-water mark"
    return int(found[1])


def forget_most() -> None:
    """From here on the most is what is taken now (proc(5), `clear_refs`)."""
    Path("/proc/self/clear_refs").write_text("5")
