"""A share of a core for one process, by the kernel's control groups: a machine that is as much slower, openly."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

PERIOD_US = 20_000
ROOT = Path("/sys/fs/cgroup")


class CannotShare(Exception):
    """No control group can be made here."""


@contextlib.contextmanager
def group(share: float) -> Iterator[Path]:
    """A group of that share of one core; a process is put in by its id in `cgroup.procs`. `CannotShare`."""
    first = ROOT / "cpu" if (ROOT / "cpu").is_dir() else ROOT
    made = first / f"teleconsult-bench-{os.getpid()}"
    try:
        made.mkdir()
    except OSError as error:
        raise CannotShare(str(error)) from error
    try:
        try:
            _limit(made, first, round(share * PERIOD_US))
        except OSError as error:
            raise CannotShare(str(error)) from error
        yield made
    finally:
        with contextlib.suppress(OSError):  # somebody is still in it: it goes with the machine
            made.rmdir()


def _limit(made: Path, first: Path, quota: int) -> None:
    if first != ROOT:  # the first version of control groups
        (made / "cpu.cfs_period_us").write_text(str(PERIOD_US))
        (made / "cpu.cfs_quota_us").write_text(str(quota))
        (made / "cpu.shares").write_text("20000")  # else nice counts inside the group only, and its share is anybody's
        return
    (ROOT / "cgroup.subtree_control").write_text("+cpu")
    (made / "cpu.max").write_text(f"{quota} {PERIOD_US}")
    (made / "cpu.weight").write_text("2000")
