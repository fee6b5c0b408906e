"""The end of a process that may end at any moment: a little time for what runs, and no more."""

import os
import sys
import threading
import time
from typing import Never

MOMENT = 1.5  # seconds


def end_after_a_moment() -> None:
    """The process ends by itself or is ended. Whatever is cut off is given out again by the journal."""
    threading.Thread(target=_end, name="ending", daemon=True).start()


def end_now() -> Never:
    """Without the interpreter's own tidying, which takes seconds on a busy machine and has nothing to save."""
    sys.stdout.flush()
    os._exit(0)


def _end() -> None:
    time.sleep(MOMENT)
    end_now()
