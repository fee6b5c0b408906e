"""The process around a node: listens until it is told to stop."""

import gc
import logging
import resource
import signal
import sys
import threading

from dicom_node.node import Node
from teleconsult.settings import BadSetting, Settings
from teleconsult.system import build
from teleconsult.tls_dicom import dicom_pair

LOG = logging.getLogger(__name__)
_FILES = 4096
"""Open at once: all connections of both ports with what their associations take, and the objects under way."""


def serve(settings: Settings) -> None:
    """Run the DICOM node until SIGTERM or SIGINT; gone within three seconds of it. Exits with 1 when the port is taken."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    usual, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(usual, min(most, _FILES)), most))
    logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)  # it logs every fault of a peer as an error of ours
    node = Node(build(settings))
    gc.freeze()  # what is loaded stays: collecting it again and again costs senders time, and once more at the end
    try:
        node.start()
    except OSError as error:
        ports = (
            f"{settings.dicom_port} or {settings.dicom_tls_port}" if settings.dicom_tls_port else settings.dicom_port
        )
        LOG.error("DICOM port %s:%s: %s", settings.dicom_host, ports, error.strerror)
        sys.exit(1)
    except BadSetting as reason:
        LOG.error("DICOM over TLS: %s", reason)
        sys.exit(1)
    host, port = node.address
    LOG.info("DICOM node %s listens on %s:%d", settings.ae_title, host, port)
    if settings.dicom_tls_port:
        LOG.info("over TLS on port %d, SHA-256 %s", node.secure_address[1], dicom_pair(settings).fingerprint)
    stop.wait()
    node.stop()
    LOG.info("DICOM node stopped")
