"""Promises in seconds, made for two idle cores, on a machine that others use at the same time."""

from __future__ import annotations

import os


def fair(seconds: float) -> float:
    """The promised seconds, longer by as many times as programs want each core at present; never shorter."""
    wanting = os.getloadavg()[0] / (os.cpu_count() or 1)
    return seconds * max(1.0, wanting)
