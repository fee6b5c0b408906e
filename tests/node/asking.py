"""Querying and retrieving peers by pynetdicom, and identifiers for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from pydicom import Dataset
from pydicom.uid import UID
from pynetdicom import AE, build_role, evt
from pynetdicom.association import Association

from teleconsult.access import Peer, identify
from teleconsult.imaging.ingest import ingest
from teleconsult.imaging.staging import stage_part10
from tests import synth
from tests.builders import Alliance

PATIENT_FIND, PATIENT_MOVE, PATIENT_GET = (f"1.2.840.10008.5.1.4.1.2.1.{n}" for n in (1, 2, 3))
STUDY_FIND, STUDY_MOVE, STUDY_GET = (f"1.2.840.10008.5.1.4.1.2.2.{n}" for n in (1, 2, 3))
IMPLICIT = "1.2.840.10008.1.2"


def peer_of(alliance: Alliance, ae_title: str = "SCANNER_A") -> Peer:
    with alliance.system.read() as work:
        peer = identify(work, ae_title, "127.0.0.1")
    assert peer is not None
    return peer


def keep(alliance: Alliance, *objects: Dataset, sender: str = "SCANNER_A", syntax: str = "1.2.840.10008.1.2.1") -> None:
    """Put objects into the archive in the name of a peer, without a network."""
    system, peer = alliance.system, peer_of(alliance, sender)
    for ds in objects:
        ingest(system.store, system.blobs, peer, stage_part10(system.blobs, [synth.as_bytes(ds, syntax)]))


def keep_bytes(alliance: Alliance, part10: bytes, sender: str = "SCANNER_A") -> None:
    """As `keep`, of bytes that need not be what they say."""
    system = alliance.system
    ingest(system.store, system.blobs, peer_of(alliance, sender), stage_part10(system.blobs, [part10]))


def keys(level: str, **values: Any) -> Dataset:
    """An identifier, in UTF-8."""
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.QueryRetrieveLevel = level
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    return ds


@contextmanager
def associated(
    address: tuple[str, int],
    *classes: str,
    calling: str = "SCANNER_A",
    receiving: Iterable[tuple[str, list[str]]] = (),
    on_store: Any = None,
    seconds: float = 20,
) -> Iterator[Association]:
    """An established association; `receiving` are classes with syntaxes that the peer takes back by C-GET."""
    ae = AE(ae_title=calling)
    ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = seconds
    for uid in classes:
        ae.add_requested_context(UID(uid), [UID(IMPLICIT)])
    roles: list[Any] = []
    for uid, offered in receiving:
        ae.add_requested_context(UID(uid), [UID(syntax) for syntax in offered])
        roles.append(build_role(UID(uid), scp_role=True))
    handlers: list[Any] = [(evt.EVT_C_STORE, on_store)] if on_store else []
    association = ae.associate(*address, ae_title="TELECONSULT", ext_neg=roles, evt_handlers=handlers)
    assert association.is_established
    try:
        yield association
    finally:
        if association.is_established:
            association.release()


def find(
    address: tuple[str, int], identifier: Dataset, model: str = STUDY_FIND, calling: str = "SCANNER_A"
) -> tuple[list[tuple[int, Dataset]], Dataset]:
    """Pending answers with their statuses, and the last response."""
    with associated(address, model, calling=calling) as association:
        answers = [(status, found) for status, found in association.send_c_find(identifier, UID(model))]
    *pending, (last, nothing) = answers
    assert nothing is None
    return [(int(status.Status), found) for status, found in pending if found is not None], last
