"""What a process of ours puts on the disk is for its own account alone: patients' data lies there.

A closed home keeps others out whatever the modes inside it are; the umask keeps out who finds a folder that lies elsewhere.
"""

import logging
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOG = logging.getLogger(__name__)

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@contextmanager
def files() -> Iterator[None]:
    """Inside, this process and all that it starts make files for their own account only (umask 077)."""
    before = os.umask(_OTHERS)
    try:
        yield
    finally:
        os.umask(before)


def close(home: Path) -> None:
    """`home` is there, and only its owner may look into it (0700). Said in the log when others could before, or when it can't be closed.

    A folder that is everybody's, such as /tmp, is left as it is: closing it would harm others. OSError when it can't be made.
    """
    home.mkdir(parents=True, exist_ok=True, mode=stat.S_IRWXU)
    mode = stat.S_IMODE(home.stat().st_mode)
    if not mode & _OTHERS:
        return
    if mode & stat.S_ISVTX:
        LOG.warning("%s is a folder for everybody: choose a home of its own, patients' data can be found here", home)
        return
    try:
        home.chmod(mode & ~_OTHERS)
    except OSError as error:
        LOG.warning("%s is open to other accounts (%04o) and can't be closed: %s", home, mode, error.strerror)
        return
    LOG.warning("%s was open to other accounts of this machine (%04o); it is closed now", home, mode)
