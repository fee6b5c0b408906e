"""The log of a process holds what the platform says; what its libraries tell step by step is left out, their warnings are not."""

from __future__ import annotations

import subprocess
import sys

SAYS = """
import logging
from teleconsult.logs import to_stdout
to_stdout()
for name in ("aioice.ice", "aiortc.rtcpeerconnection", "pynetdicom.acse"):
    logging.getLogger(name).info("a step")
logging.getLogger("aioice.ice").warning("something is wrong")
logging.getLogger("teleconsult.web").info("the platform speaks")
"""


def test_steps_of_libraries_are_not_in_the_log() -> None:
    said = subprocess.run([sys.executable, "-c", SAYS], capture_output=True, text=True, check=True).stdout
    assert "a step" not in said
    assert "something is wrong" in said
    assert "the platform speaks" in said
