"""The counties' senders against a real storage SCP on this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydicom.uid import UID
from pynetdicom import AE, AllStoragePresentationContexts, evt
from pynetdicom.events import Event

from dicom_node import syntaxes
from teleconsult.demo import cast, senders, studies
from teleconsult.kernel.clock import SystemClock
from tests import synth


@dataclass
class Archive:
    """What arrived: (calling AE, SOP class, transfer syntax, data set) in order; answers with `status`."""

    node: senders.Node
    got: list[tuple[str, str, str, bytes]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def store(self, event: Event) -> int:
        request: Any = event.request
        calling = event.assoc.requestor.ae_title
        octets = request.DataSet.getvalue()
        self.got.append((calling, str(request.AffectedSOPClassUID), str(event.context.transfer_syntax), octets))
        return self.statuses.pop(0) if self.statuses else 0x0000


@pytest.fixture
def archive() -> Iterator[Archive]:
    """A storage SCP that negotiates as the product does."""
    found = Archive(senders.Node("127.0.0.1", 0, "TELECONSULT"))

    def negotiate(event: Event) -> None:
        event.assoc.acceptor.supported_contexts = syntaxes.supported(event.assoc.requestor.requested_contexts)

    ae = AE("TELECONSULT")
    ae.add_supported_context(syntaxes.VERIFICATION)
    server = ae.start_server(
        ("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_STORE, found.store), (evt.EVT_REQUESTED, negotiate)]
    )
    assert server is not None
    assert server.socket is not None
    found.node = senders.Node("127.0.0.1", server.socket.getsockname()[1], "TELECONSULT")
    yield found
    server.shutdown()


def relabelled(part10: bytes, syntax: str) -> bytes:
    """The same data set under another transfer syntax in the file meta: stands for a syntax that nothing here encodes."""
    old = str(synth.ExplicitVRLittleEndian).encode()
    at = part10.index(b"\x02\x00\x10\x00UI")
    value = syntax.encode() + b"\0" * (len(syntax) % 2)
    length = len(old) + len(old) % 2
    head = part10[140:144]
    group = int.from_bytes(head, "little") - length + len(value)
    body = part10[: at + 6] + len(value).to_bytes(2, "little") + value + part10[at + 8 + length :]
    return body[:140] + group.to_bytes(4, "little") + body[144:]


@pytest.mark.parametrize("batch", range(2))
def test_every_transfer_syntax_is_negotiated_and_travels_byte_for_byte(
    archive: Archive, tmp_path: Path, batch: int
) -> None:
    chosen = syntaxes.TRANSFER_SYNTAXES[batch::2]
    files, wanted = [], []
    for number, syntax in enumerate(chosen):
        part10 = relabelled(synth.as_bytes(synth.ct_slice(rows=8, columns=8)), syntax)
        path = tmp_path / f"{number:03}.dcm"
        path.write_bytes(part10)
        files.append(path)
        wanted.append((syntax, synth.bare(part10)))

    tally = senders.send(files, "COUNTY1", archive.node)

    assert (tally.stored, tally.refused, tally.unsent) == (len(chosen), {}, [])
    assert [(syntax, octets) for _, _, syntax, octets in archive.got] == wanted


def test_more_than_128_kinds_of_object_take_more_than_one_association(archive: Archive, tmp_path: Path) -> None:
    classes = [str(context.abstract_syntax) for context in AllStoragePresentationContexts][:150]
    files = []
    for number, sop_class in enumerate(classes):
        ds = synth.an_object(sop_class, "OT")
        files.append(synth.write(ds, tmp_path, name=f"{number:03}.dcm"))
    assert [len(contexts) for _, contexts in senders.batches(files)] == [128, 22]

    tally = senders.send(files, "COUNTY2", archive.node)

    assert tally.stored == 150
    assert [got[1] for got in archive.got] == classes


def test_a_refused_object_does_not_stop_the_others(archive: Archive, tmp_path: Path) -> None:
    files = [synth.write(ds, tmp_path, name=f"{n}.dcm") for n, ds in enumerate(synth.a_ct_series(3))]
    archive.statuses = [0x0000, 0xA700, 0x0000]

    tally = senders.send(files, "COUNTY1", archive.node)

    assert tally.stored == 2
    assert tally.refused == {0xA700: 1}


def test_nobody_at_home_is_unreachable(tmp_path: Path) -> None:
    file = synth.write(synth.a_dx(), tmp_path)

    with pytest.raises(senders.Unreachable):
        senders.send([file], "COUNTY1", senders.Node("127.0.0.1", 1, "TELECONSULT"))


def test_a_county_sends_what_is_left_and_a_second_run_sends_nothing(archive: Archive, tmp_path: Path) -> None:
    paths = [synth.write(ds, tmp_path / "files") for ds in synth.a_ct_series(2)]
    errand = senders.Errand("ct", "COUNTY1", "CT", 0.0, lambda: paths)
    said: list[str] = []
    for _ in range(2):
        ledger = senders.Ledger(tmp_path / "sent.json")
        senders.County(cast.site("COUNTY1"), archive.node, ledger, [errand], said.append).run(threading.Event())

    assert len(archive.got) == 2
    assert {got[0] for got in archive.got} == {"COUNTY1"}
    assert len(said) == 1


def test_a_county_waits_for_a_node_that_is_not_up_yet(archive: Archive, tmp_path: Path) -> None:
    """The first try meets a closed port; the errand is kept and succeeds once the node answers."""
    paths = [synth.write(synth.a_dx(), tmp_path / "files")]
    ledger, said, stop = senders.Ledger(tmp_path / "sent.json"), list[str](), threading.Event()
    errand = senders.Errand("dx", "COUNTY3", "DX", 0.0, lambda: paths)
    closed = senders.Node("127.0.0.1", 1, "TELECONSULT")

    def told(text: str) -> None:
        said.append(text)
        stop.set()

    senders.County(cast.site("COUNTY3"), closed, ledger, [errand], told).run(stop)
    assert not ledger.has("dx")
    assert "tries again" in said[0]

    senders.County(cast.site("COUNTY3"), archive.node, ledger, [errand], said.append).run(threading.Event())
    assert ledger.has("dx")


def test_a_folder_of_the_users_own_is_all_that_is_sent_when_it_is_named(tmp_path: Path) -> None:
    synth.write(synth.a_dx(), tmp_path / "own")

    found = senders.errands(tmp_path / "home", tmp_path / "own", [], SystemClock())

    assert [errand.what for errand in found] == ["own (1 files)"]
    assert found[0].county in {site.code for site in cast.senders()}


@pytest.mark.needs_shared_data
def test_the_shared_files_travel_byte_for_byte(archive: Archive, shared_data: Path) -> None:
    files = [
        path for _, paths in studies.of_folder(shared_data / "transfer_syntaxes", shared_data / "ecg") for path in paths
    ]

    tally = senders.send(files, "COUNTY1", archive.node)

    assert tally.stored == len(files)
    assert {UID(syntax) for _, _, syntax, _ in archive.got} == {UID(senders.kind_of(path)[1]) for path in files}
    assert [octets for *_, octets in archive.got] == [synth.bare(path.read_bytes()) for path in files]
