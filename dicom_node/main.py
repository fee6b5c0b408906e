"""The process around a node: listens until it is told to stop."""

import gc
import logging
import signal
import sys
import threading

from dicom_node.node import Node
from teleconsult.settings import Settings
from teleconsult.system import build

LOG = logging.getLogger(__name__)


def serve(settings: Settings) -> None:
    """Run the DICOM node until SIGTERM or SIGINT; gone within three seconds of it. Exits with 1 when the port is taken."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)  # it logs every fault of a peer as an error of ours
    node = Node(build(settings))
    gc.freeze()  # what is loaded stays: collecting it again and again costs senders time, and once more at the end
    try:
        node.start()
    except OSError as error:
        LOG.error("DICOM port %s:%d: %s", settings.dicom_host, settings.dicom_port, error.strerror)
        sys.exit(1)
    host, port = node.address
    LOG.info("DICOM node %s listens on %s:%d", settings.ae_title, host, port)
    stop.wait()
    node.stop()
    LOG.info("DICOM node stopped")
