"""Comparing in a child process: an object made to harm, or too large for the time, is not proved to be the same, and costs nothing else."""

import logging
import time
from pathlib import Path
from typing import Final

from teleconsult.imaging.pixels_values import Undecodable
from teleconsult.imaging.render_apart import RenderApart

LOG = logging.getLogger(__name__)
SECONDS: Final = 20.0
"""What one comparison gets."""
TOGETHER: Final = 60.0
"""What those of one group get together: meanwhile no other object of this process is indexed."""
_MEMORY: Final = 3 << 30
_APART: Final = RenderApart(SECONDS, _MEMORY, "teleconsult.imaging.same_child")


class Comparing:
    """Comparisons one after the other within `together` seconds; what is asked for later is not proved."""

    def __init__(self, together: float = TOGETHER, each: float = SECONDS, apart: RenderApart = _APART) -> None:
        self._until = time.monotonic() + together
        self._each = each
        self._apart = apart

    def is_same(self, one: Path | None, other: Path | None) -> bool:
        """True only where the two files are proved to hold the same object; False for whatever stood in the way. None: a file that is not here."""
        left = min(self._each, self._until - time.monotonic())
        if one is None or other is None or left < 1:
            return False
        try:
            (said,) = self._apart.ask({"one": str(one), "other": str(other)}, left)
        except (Undecodable, OSError) as error:
            LOG.warning("%s is not proved to be %s: %s", other.name, one.name, error)
            return False
        return bool(said == b"true")
