"""The process of a gateway: one home, one process, until it is told to stop."""

import fcntl
import logging
import os
import signal
import threading
from pathlib import Path
from typing import Any

from dicom_node.gateway.config import load
from dicom_node.gateway.packing import Packing
from dicom_node.gateway.page import Page
from dicom_node.gateway.reception import Reception
from dicom_node.gateway.sending import Sending
from dicom_node.gateway.shelf import Shelf
from dicom_node.gateway.speed import Speed
from dicom_node.gateway.studies import Studies
from teleconsult.closed import close
from teleconsult.settings import BadSetting

LOG = logging.getLogger(__name__)


def serve(home: Path, **given: Any) -> None:
    """Run until SIGTERM or SIGINT. `BadSetting` where the home belongs to no platform, is in use or can't be used, or a port is taken."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)  # it logs every fault of a modality as one of ours
    try:
        close(home)
        config = load(home, **given)
        held = _held(home)
        shelf, studies = Shelf(home, config.reserve_bytes), Studies(home)
        for uid, items in shelf.studies().items():
            studies.found_waiting(uid, [item.path for item in items])
        speed = Speed()
        packing = Packing(home, config, shelf, speed)
    except OSError as error:
        raise BadSetting(f"{error.filename or home} can't be used: {error.strerror}") from None
    reception, sending = Reception(config, shelf, studies), Sending(config, shelf, studies, packing, speed)
    try:
        reception.start()
        page = Page(home, config, shelf, studies, sending, reception)
    except OSError as error:
        raise BadSetting(f"DICOM port {config.dicom_port} or page port {config.page_port}: {error.strerror}") from None
    sending.start()
    address = "{}:{}".format(*page.address)
    LOG.info("gateway %s listens on %s:%d, page http://%s/", config.ae_title, *reception.address, address)
    stop.wait()
    reception.stop()
    sending.stop()
    page.stop()
    studies.keep(at_once=True)
    os.close(held)
    LOG.info("gateway stopped")
    logging.shutdown()
    os._exit(0)  # a sender in the middle of a chunk would be waited for; what it sends goes on from there next time


def _held(home: Path) -> int:
    """Only one process at a time has the queue."""
    descriptor = os.open(home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BadSetting(f"{home} is in use by another gateway") from None
    return descriptor
