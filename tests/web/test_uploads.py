"""Uploads in pieces: by a person in a browser, by a gateway with its token; resumable, idempotent, bounded."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from pydicom.uid import generate_uid
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from teleconsult.access import SYSTEM
from teleconsult.access.tables import PeerRow
from teleconsult.imaging import InstanceRow, QuarantineRow, StudyRow, scrub, uploads
from teleconsult.imaging.tables_uploads import UploadRow
from tests import synth
from tests.builders import Alliance
from tests.web.conftest import Browser
from tests.working import arrive

CHUNK = uploads.LEAST_CHUNK
Browsers = Callable[[str], Browser]


class Sending:
    """The sending side: a person's browser or a gateway."""

    def __init__(self, client: FlaskClient, headers: dict[str, str], site_id: str | None = None) -> None:
        self.client, self.headers, self.site_id = client, headers, site_id

    def announce(self, *files: bytes, priority: str = "ROUTINE") -> TestResponse:
        named = [{"name": f"{n}.dcm", "size": len(f), "sha256": sha(f)} for n, f in enumerate(files)]
        body = {"files": named, "chunk_size": CHUNK, "priority": priority, "site_id": self.site_id}
        return self.client.post("/api/uploads", json=body, headers=self.headers)

    def chunk(self, upload: str, content: bytes, offset: int, *, digest: str = "", **more: str) -> TestResponse:
        piece = content[offset : offset + CHUNK]
        headers = {**self.headers, "X-Chunk-SHA256": digest or sha(piece)}
        query = "?whole=true" if more.pop("whole", "") else ""
        return self.client.put(f"/api/uploads/{upload}/chunks/{offset}{query}", data=piece, headers=headers)

    def finish(self, upload: str) -> TestResponse:
        return self.client.post(f"/api/uploads/{upload}/finish", json={}, headers=self.headers)

    def whole(self, content: bytes, priority: str = "ROUTINE") -> dict[str, Any]:
        """Announce, send what is missing, finish."""
        state = items(self.announce(content, priority=priority))[0]
        for offset in range(state["received"], len(content), CHUNK):
            assert self.chunk(state["id"], content, offset).status_code == 200
        return ok(self.finish(state["id"]))


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def ok(answer: TestResponse) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json or {}
    return found


def items(answer: TestResponse) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ok(answer)["items"]
    return found


def code(answer: TestResponse) -> str:
    return str((answer.json or {})["code"])


def large(number: int = 1, study: str | None = None) -> bytes:
    """A CT slice of several chunks."""
    ds = synth.ct_slice(number, rows=256, columns=256)
    if study:
        ds.StudyInstanceUID = study
    ds.SOPInstanceUID = generate_uid()
    return synth.as_bytes(ds, synth.ExplicitVRLittleEndian)


def person(alliance: Alliance, browser: Browsers, login: str = "technician_a", site: str = "county_a") -> Sending:
    signed_in = browser(login)
    return Sending(signed_in.client, {"X-CSRF-Token": signed_in.csrf}, alliance.sites[site])


def token_of(alliance: Alliance, browser: Browsers, title: str = "SCANNER_A") -> str:
    with alliance.system.read() as work:
        peer_id = work.session.scalars(select(PeerRow.id).where(PeerRow.ae_title == title)).one()
    made = browser("administrator").post(f"/api/admin/peers/{peer_id}/tokens", {"label": "网关"})
    assert made.status_code == 201
    assert made.json is not None
    assert made.json["link"].endswith(f"/#gateway={made.json['token']}")
    return str(made.json["token"])


def gateway(alliance: Alliance, browser: Browsers, title: str = "SCANNER_A") -> Sending:
    client = browser("technician_a").client.application.test_client()
    return Sending(client, {"Authorization": f"Bearer {token_of(alliance, browser, title)}"})


def count(alliance: Alliance, of: Any) -> int:
    with alliance.system.read() as work:
        return work.session.scalar(select(func.count()).select_from(of)) or 0


@pytest.fixture(params=["person", "gateway"])
def sending(request: pytest.FixtureRequest, alliance: Alliance, browser: Browsers) -> Sending:
    return (person if request.param == "person" else gateway)(alliance, browser)


def test_a_file_comes_in_chunks_and_is_taken_in_whole(sending: Sending, alliance: Alliance) -> None:
    content = large()
    done = sending.whole(content)
    assert (done["state"], done["kind"], done["received"]) == ("done", "stored", len(content))
    with alliance.system.read() as work:
        row = work.session.scalars(select(InstanceRow)).one()
        study = work.session.scalars(select(StudyRow)).one()
    assert alliance.system.blobs.read(row.blob_key) == content
    assert (study.id, study.site_id) == (done["study_id"], alliance.sites["county_a"])
    assert alliance.system.blobs.names("uploads") in ([], [done["id"]])
    assert alliance.system.blobs.names(f"uploads/{done['id']}") == []


def test_whoever_was_interrupted_asks_what_is_there_and_goes_on(sending: Sending, alliance: Alliance) -> None:
    content = large()
    state = items(sending.announce(content))[0]
    sending.chunk(state["id"], content, 0)
    again = items(sending.announce(content))[0]
    assert (again["id"], again["received"], again["state"]) == (state["id"], CHUNK, "open")
    assert ok(sending.client.get(f"/api/uploads/{state['id']}", headers=sending.headers))["received"] == CHUNK
    assert sending.whole(content)["kind"] == "stored"
    assert count(alliance, InstanceRow) == 1


def test_a_file_that_was_sent_is_not_sent_again(sending: Sending, alliance: Alliance) -> None:
    content = large()
    first = sending.whole(content)
    again = items(sending.announce(content))[0]
    assert (again["id"], again["state"], again["kind"]) == (first["id"], "done", "stored")
    assert ok(sending.finish(first["id"]))["kind"] == "stored"
    assert ok(sending.chunk(first["id"], content, 0))["state"] == "done"


def test_a_file_whose_bytes_went_bad_here_is_wanted_again_and_heals(sending: Sending, alliance: Alliance) -> None:
    content, sound, system = large(), large(2), alliance.system
    first, other = sending.whole(content), sending.whole(sound)
    assert first["study_id"] != other["study_id"]
    with system.read() as work:
        key = work.session.scalars(select(InstanceRow.blob_key).where(InstanceRow.study_id == first["study_id"])).one()
    system.blobs.put(key, content[:-9] + b"damaged!!")
    scrub.run(system.store, system.blobs, SYSTEM, scrub.Pace())
    assert not system.blobs.exists(key)
    wanted, done = items(sending.announce(content, sound))
    assert (wanted["state"], wanted["received"], done["state"]) == ("open", 0, "done")
    assert sending.whole(content)["kind"] == "repeat"
    assert system.blobs.read(key) == content
    assert items(sending.announce(content))[0]["state"] == "done"


def test_a_chunk_sent_twice_changes_nothing_and_a_gap_is_refused(sending: Sending) -> None:
    content = large()
    state = items(sending.announce(content))[0]
    for _ in range(2):
        assert ok(sending.chunk(state["id"], content, 0))["received"] == CHUNK
    gap = sending.chunk(state["id"], content, 2 * (CHUNK // 1))
    assert gap.status_code in (409, 422)
    early = sending.finish(state["id"])
    assert (early.status_code, code(early), (early.json or {})["params"]["received"]) == (409, "upload.gap", CHUNK)


def test_a_chunk_that_was_changed_on_its_way_is_not_kept(sending: Sending) -> None:
    content = large()
    state = items(sending.announce(content))[0]
    refused = sending.chunk(state["id"], content, 0, digest=sha(b"other"))
    assert (refused.status_code, code(refused)) == (422, "upload.chunk_digest")
    assert ok(sending.client.get(f"/api/uploads/{state['id']}", headers=sending.headers))["received"] == 0


def test_a_file_that_is_not_the_announced_one_begins_again(sending: Sending, alliance: Alliance) -> None:
    content = large()
    other = content[:-1] + bytes([content[-1] ^ 1])
    state = items(sending.announce(content))[0]
    for offset in range(0, len(other), CHUNK):
        sending.chunk(state["id"], other, offset)
    refused = sending.finish(state["id"])
    assert (refused.status_code, code(refused)) == (409, "upload.digest")
    assert count(alliance, InstanceRow) == 0
    assert sending.whole(content)["kind"] == "stored"


def test_a_small_file_is_sent_and_finished_in_one_request(sending: Sending, alliance: Alliance) -> None:
    content = synth.as_bytes(synth.ct_slice(1, rows=64, columns=64), synth.ExplicitVRLittleEndian)
    state = items(sending.announce(content))[0]
    done = ok(sending.chunk(state["id"], content, 0, whole="yes"))
    assert (done["state"], done["kind"]) == ("done", "stored")
    assert count(alliance, InstanceRow) == 1


def test_a_deflated_chunk_is_the_same_chunk_and_a_bomb_is_none(sending: Sending, alliance: Alliance) -> None:
    content = synth.as_bytes(synth.ct_slice(1, rows=64, columns=64), synth.ExplicitVRLittleEndian)
    state = items(sending.announce(content))[0]
    headers = {**sending.headers, "X-Chunk-SHA256": sha(content), "Content-Encoding": "deflate"}
    path = f"/api/uploads/{state['id']}/chunks/0?whole=true"
    for bad in (zlib.compress(b"\0" * (64 << 20)), content, zlib.compress(content)[:-9]):
        refused = sending.client.put(path, data=bad, headers=headers)
        assert (refused.status_code, code(refused)) == (422, "upload.encoding")
    assert ok(sending.client.put(path, data=zlib.compress(content), headers=headers))["kind"] == "stored"


def test_what_is_wrong_with_a_file_is_said_and_ends_it(sending: Sending, alliance: Alliance) -> None:
    done = sending.whole(b"no DICOM at all, but a letter")
    assert (done["kind"], done["code"]) == ("refused", "object.unreadable")
    assert count(alliance, QuarantineRow) == 1
    study = generate_uid()
    mine, theirs = synth.ct_slice(1), synth.ct_slice(2)
    mine.StudyInstanceUID = theirs.StudyInstanceUID = study
    theirs.PatientID, theirs.PatientName = "OTHER", "另一^患者"
    assert sending.whole(synth.as_bytes(mine, synth.ExplicitVRLittleEndian))["kind"] == "stored"
    apart = sending.whole(synth.as_bytes(theirs, synth.ExplicitVRLittleEndian))
    assert (apart["kind"], apart["code"]) == ("identity", None)


@pytest.mark.parametrize("name", ["测试^患者", "另一^患者"])
def test_that_another_hospital_sent_a_study_before_is_said_and_nothing_of_its_patient(
    alliance: Alliance, browser: Browsers, name: str
) -> None:
    first, ds = synth.a_ct_series(2)
    arrive(alliance.system, synth.as_bytes(first), "SCANNER_B")
    ds.PatientName, ds.SpecificCharacterSet = name, "ISO_IR 192"
    sending = person(alliance, browser)
    done = sending.whole(synth.as_bytes(ds, synth.ExplicitVRLittleEndian))
    assert (done["kind"], done["code"], done["study_id"]) == ("identity", "site.conflict", None)
    (found,) = (browser("technician_a").get("/api/conflicts").json or {})["items"]
    assert (found["reason"], found["known"]) == ("site.conflict", None)


def test_an_urgent_file_makes_its_study_urgent(sending: Sending, alliance: Alliance) -> None:
    study = generate_uid()
    sending.whole(large(1, study))
    sending.whole(large(2, study), priority="STAT")
    sending.whole(large(3, study))
    with alliance.system.read() as work:
        assert work.session.scalars(select(StudyRow.priority)).one() == "STAT"


def test_a_study_settles_at_once_when_all_that_was_declared_is_here(sending: Sending, alliance: Alliance) -> None:
    study = generate_uid()
    sending.whole(large(1, study))
    sending.whole(large(2, study))

    def end(instances: int) -> dict[str, Any]:
        body = {"study_uid": study, "instances": instances, "site_id": sending.site_id}
        return ok(sending.client.post("/api/uploads/studies/end", json=body, headers=sending.headers))

    assert end(3) == {"agreed": False, "instances": 2, "study_id": end(2)["study_id"]}
    with alliance.system.read() as work:
        row = work.session.scalars(select(StudyRow)).one()
        assert row.settle_at <= work.now


def test_nobody_sees_or_continues_another_s_upload(alliance: Alliance, browser: Browsers) -> None:
    content, mine, theirs = large(), gateway(alliance, browser), gateway(alliance, browser, "SCANNER_B")
    state = items(mine.announce(content))[0]
    assert theirs.chunk(state["id"], content, 0).status_code == 404
    assert theirs.finish(state["id"]).status_code == 404
    assert items(theirs.announce(content))[0]["id"] != state["id"]
    assert items(theirs.client.get("/api/uploads", headers=theirs.headers)) != []


def test_a_person_sends_for_their_own_hospital_only(alliance: Alliance, browser: Browsers) -> None:
    assert code(person(alliance, browser, "technician_a", "county_b").announce(large())) == "permit.refused"
    assert code(person(alliance, browser, "reader", "city").announce(large())) == "permit.refused"
    assert person(alliance, browser, "doctor_b", "county_b").announce(large()).status_code == 200
    sites = ok(browser("technician_a").get("/api/uploads/sites"))["items"]
    assert [site["id"] for site in sites] == [alliance.sites["county_a"]]


def test_a_wrong_or_revoked_token_gets_nothing(alliance: Alliance, browser: Browsers) -> None:
    sent = gateway(alliance, browser)
    assert ok(sent.client.get("/api/gateway/hello", headers=sent.headers))["ae_title"] == "SCANNER_A"
    with alliance.system.read() as work:
        peer_id = work.session.scalars(select(PeerRow.id).where(PeerRow.ae_title == "SCANNER_A")).one()
    admin = browser("administrator")
    token = ok(admin.get(f"/api/admin/peers/{peer_id}/tokens"))["items"][0]
    assert token["used_at"] is not None
    assert admin.post(f"/api/admin/peers/tokens/{token['id']}/revoke").status_code == 200
    for headers in (sent.headers, {"Authorization": "Bearer tcp_nonsense"}, {"Authorization": "Bearer "}, {}):
        assert sent.client.get("/api/gateway/hello", headers=headers).status_code == 401
        answer = sent.client.post("/api/uploads", json={}, headers=headers)
        assert answer.status_code == 401
    assert sent.client.get("/api/worklist", headers=gateway(alliance, browser).headers).status_code == 401


def test_quotas_bound_one_file_and_all_of_one_sender(alliance: Alliance, browser: Browsers) -> None:
    sender = person(alliance, browser)
    huge = {"files": [{"name": "x", "size": 9 << 30, "sha256": "0" * 64}], "site_id": sender.site_id}
    refused = sender.client.post("/api/uploads", json=huge, headers=sender.headers)
    assert code(refused) == "upload.too_large"
    many = [{"name": "x", "size": 7 << 30, "sha256": f"{n:064x}"} for n in range(10)]
    refused = sender.client.post(
        "/api/uploads", json={"files": many, "site_id": sender.site_id}, headers=sender.headers
    )
    assert (refused.status_code, code(refused)) in ((503, "upload.quota"), (503, "storage.full"))
    assert count(alliance, UploadRow) == 0, "nothing of the list is made"


def test_an_upload_that_nobody_goes_on_with_is_forgotten_with_its_chunks(alliance: Alliance, browser: Browsers) -> None:
    sender, content, system = person(alliance, browser), large(), alliance.system
    state = items(sender.announce(content))[0]
    sender.chunk(state["id"], content, 0)
    now = system.clock.now()
    assert uploads.sweep(system.store, system.blobs, now) == 0
    with system.read() as work:
        later = work.session.scalars(select(UploadRow.expires_at)).one()
    assert uploads.sweep(system.store, system.blobs, later) == 1
    assert system.blobs.names(f"uploads/{state['id']}") == []
    assert sender.chunk(state["id"], content, CHUNK).status_code == 404


def test_the_centre_sees_what_a_gateway_reports(alliance: Alliance, browser: Browsers) -> None:
    sent = gateway(alliance, browser)
    report = {"waiting": 12, "waiting_bytes": 1 << 20, "parked": 1, "error": "upload.line", "version": "0.1.0"}
    assert ok(sent.client.post("/api/gateway/report", json=report, headers=sent.headers))["ae_title"] == "SCANNER_A"
    for login, seen in (("technician_a", 1), ("administrator", 1), ("doctor_b", 0), ("reader", 0)):
        found = ok(browser(login).get("/api/gateways"))["items"]
        assert [each["report"]["waiting"] for each in found] == [12] * seen
    person_asks = browser("technician_a")
    assert person_asks.post("/api/gateway/report", report).status_code == 403
