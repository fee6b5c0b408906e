"""Log lines of a process: one line each, to stdout; the supervisor or the container runtime collects them."""

import logging
import sys


def to_stdout(level: int = logging.INFO) -> None:
    logging.basicConfig(
        stream=sys.stdout, level=level, format="%(asctime)s %(levelname).1s %(name)s: %(message)s", datefmt="%H:%M:%S"
    )
    for noisy in ("pynetdicom", "pydicom", "aioice", "aiortc", "engineio", "socketio", "fontTools", "fpdf", "werkzeug"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
