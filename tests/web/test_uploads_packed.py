"""Uploads packed for a slow line: the centre keeps the sender's bytes, and nothing of what only pretends to be packed."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydicom.uid import generate_uid
from sqlalchemy import select

from teleconsult.imaging import InstanceRow, QuarantineRow, packing
from teleconsult.imaging.tables_uploads import UploadRow
from tests import synth
from tests.builders import Alliance
from tests.rules.test_packing import a_slice, changed
from tests.web.conftest import Browser
from tests.web.test_uploads import CHUNK, Sending, count, gateway, items, ok, person

Browsers = Callable[[str], Browser]


@pytest.fixture(params=["person", "gateway"])
def sending(request: pytest.FixtureRequest, alliance: Alliance, browser: Browsers) -> Sending:
    return (person if request.param == "person" else gateway)(alliance, browser)


def an_object(size: int = 512) -> bytes:
    ds = a_slice(size)
    ds.StudyInstanceUID, ds.SOPInstanceUID = generate_uid(), generate_uid()
    return synth.as_bytes(ds, synth.ExplicitVRLittleEndian)


def packed(plain: bytes, folder: Path) -> bytes:
    out = io.BytesIO()
    (folder / "plain").write_bytes(plain)
    packing.pack(folder / "plain", out)
    return out.getvalue()


def left(alliance: Alliance) -> list[str]:
    """What lies where files are on their way."""
    staging: list[Path] = list(alliance.system.blobs.staging().iterdir())
    return [path.name for path in staging if path.name.startswith("upload-")]


def test_the_centre_says_what_it_understands(sending: Sending) -> None:
    assert ok(sending.announce(an_object()))["packings"] == [packing.NAME]


@pytest.mark.parametrize("size", [512, 200])
def test_what_came_packed_is_kept_as_the_sender_has_it(
    sending: Sending, alliance: Alliance, tmp_path: Path, size: int
) -> None:
    plain = an_object(size)
    small = packed(plain, tmp_path)
    if len(small) > CHUNK:
        done = sending.whole(small)
    else:
        done = ok(sending.chunk(items(sending.announce(small))[0]["id"], small, 0, whole="yes"))
    assert (done["state"], done["kind"], done["received"]) == ("done", "stored", len(small))
    with alliance.system.read() as work:
        row = work.session.scalars(select(InstanceRow)).one()
    assert alliance.system.blobs.read(row.blob_key) == plain
    assert left(alliance) == []
    assert alliance.system.blobs.names(f"uploads/{done['id']}") == []
    assert count(alliance, QuarantineRow) == 0


def test_who_asks_about_the_original_finds_it_done(sending: Sending, alliance: Alliance, tmp_path: Path) -> None:
    """Nothing of it stays open, and what had come of it as it is goes."""
    plain = an_object()
    first = items(sending.announce(plain))[0]
    assert ok(sending.chunk(first["id"], plain, 0))["received"] == CHUNK
    done = sending.whole(packed(plain, tmp_path))
    again = items(sending.announce(plain))[0]
    assert (again["id"], again["state"], again["kind"]) == (first["id"], "done", "stored")
    assert again["study_id"] == done["study_id"]
    assert alliance.system.blobs.names(f"uploads/{first['id']}") == []
    with alliance.system.read() as work:
        assert set(work.session.scalars(select(UploadRow.state))) == {"done"}


HARM: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut off": (lambda small: small[:-1000], "packing.damaged"),
    "head only": (lambda small: small[:132], "packing.damaged"),
    "wrong lengths": (lambda small: changed(small, before=1), "packing.damaged"),
    "another size": (lambda small: changed(small, rows=511), "packing.damaged"),
    "of terabytes": (lambda small: changed(small, after=1 << 42, size=struct.unpack_from(">Q", small, 32)[0] - struct.unpack_from(">Q", small, 24)[0] + (1 << 42)), "packing.too_large"),
    "another hash": (lambda small: small[:56] + bytes(32) + small[88:], "packing.digest"),
    "broken codestream": (lambda small: small[: len(small) // 2] + bytes(5000) + small[len(small) // 2 + 5000 :], ""),
    "another version": (lambda small: changed(small, version=9), "packing.damaged"),
}  # fmt: skip


@pytest.mark.parametrize("how", HARM)
def test_what_only_pretends_is_refused_and_leaves_nothing(
    how: str, alliance: Alliance, browser: Browsers, tmp_path: Path
) -> None:
    sending, plain = gateway(alliance, browser), an_object()
    harm, code = HARM[how]
    refused = sending.whole(harm(packed(plain, tmp_path)))
    assert (refused["state"], refused["kind"]) == ("done", "refused")
    assert refused["code"] in ([code] if code else ["packing.damaged", "packing.digest"])
    assert (count(alliance, InstanceRow), count(alliance, QuarantineRow), left(alliance)) == (0, 0, [])
    assert alliance.system.blobs.names(f"uploads/{refused['id']}") == []
    as_it_is: dict[str, Any] = sending.whole(plain)
    assert as_it_is["kind"] == "stored", "the plain way is open"


def test_what_is_no_dicom_is_refused_as_it_would_be_unpacked(alliance: Alliance, browser: Browsers) -> None:
    """The original is what is judged: here one without a patient's study."""
    ds = a_slice()
    del ds.StudyInstanceUID
    plain = synth.as_bytes(ds, synth.ExplicitVRLittleEndian)
    sending = gateway(alliance, browser)
    first = items(sending.announce(plain))[0]
    refused = sending.whole(packed(plain, Path(alliance.system.settings.home)))
    assert (refused["kind"], refused["code"]) == ("refused", "object.no_uids")
    assert items(sending.announce(plain))[0]["id"] == first["id"]
    assert items(sending.announce(plain))[0]["code"] == "object.no_uids"
