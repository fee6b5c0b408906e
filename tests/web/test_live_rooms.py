"""The live line by a foreign Socket.IO client: who is let in, which rooms open, what is heard there, and when it ends."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
import socketio
from redis import Redis
from sqlalchemy import select, update
from werkzeug.serving import make_server

from dicom_node.dicomweb import blueprint
from teleconsult import reading, referral
from teleconsult.access import Grant, Role, close_case_shares, open_case_share, set_grants
from teleconsult.access.tables import ShareRow
from teleconsult.imaging.tables import StudyRow
from teleconsult.reading.tables import TaskRow
from teleconsult.web import live, live_moves
from teleconsult.web.app import create
from tests import synth
from tests.builders import Alliance, a_system, an_alliance
from tests.children import wait_for
from tests.web.conftest import PASSWORD, Browser, pinged_often
from tests.working import arrive, settle_all, work_off
from workers.live import Announcer

MOST = 4
FOREIGN = {"ok": False, "code": "study.absent", "meaning": "absent"}


@dataclass
class Listener:
    """One open socket and everything it heard."""

    client: Any
    heard: list[tuple[str, Any]] = field(default_factory=list)

    def names(self, event: str) -> list[str]:
        return [content["name"] for said, content in self.heard if said == event]

    def was_told(self, fact: str) -> bool:
        return fact in self.names("fact") and any(said == "changed" for said, _ in self.heard)

    def join(self, kind: str, key: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.call("join", {"kind": kind, "id": key}, timeout=10)
        return answer


class House:
    """A served application with a real broker behind it, one study of county A in it, and people who listen."""

    def __init__(self, alliance: Alliance, app: Any, url: str) -> None:
        self.alliance, self.system, self.app, self.url = alliance, alliance.system, app, url
        self.announcer = Announcer(self.system)
        self.announcer.announce()
        self.listeners: list[Listener] = []
        self.study, self.task = self._a_study()

    def _a_study(self) -> tuple[str, str]:
        arrive(self.system, synth.as_bytes(synth.ct_slice(1)))
        settle_all(self.system)
        work_off(self.system)
        with self.system.read() as work:
            return work.session.scalars(select(StudyRow.id)).one(), work.session.scalars(select(TaskRow.id)).one()

    def listen(self, login: str) -> Listener:
        """Sign in and open a socket with the session's cookie; ConnectionError names the refusal."""
        browser = Browser(self.app.test_client(), login)
        cookie = browser.client.get_cookie("tc_session")
        assert cookie is not None
        return self.knock(cookie.value)

    def knock(self, cookie: str) -> Listener:
        session = requests.Session()  # as a browser: the cookie goes with every request
        session.cookies.set("tc_session", cookie)
        client = socketio.Client(reconnection=False, http_session=session)
        listener = Listener(client)
        refusals: list[Any] = []
        client.on("*", lambda event, *content: listener.heard.append((event, content[0] if content else None)))
        client.on("connect_error", refusals.append)
        try:
            client.connect(self.url, transports=["polling"], wait_timeout=10)
        except socketio.exceptions.ConnectionError as error:
            raise ConnectionError(f"{refusals} {error.args}") from None
        self.listeners.append(listener)
        return listener

    def tell(self) -> None:
        """What the relay does after a commit."""
        self.announcer.announce()

    def claim(self) -> None:
        reader = self.alliance.people["reader"]
        with self.system.work(reader) as work:
            reading.claim(work, reader, self.task)


@pytest.fixture
def house(tmp_path: Path, valkey_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr(live, "RECHECK_SECONDS", 0.1)
    with Redis.from_url(valkey_url) as broker:
        broker.flushdb()
    system = a_system(tmp_path / "home", broker_url=valkey_url, most_sockets=MOST)
    alliance = an_alliance(system, password=PASSWORD)
    app = pinged_often(create(system, blueprint))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    house = House(alliance, app, f"http://127.0.0.1:{server.server_port}")
    yield house
    for listener in house.listeners:
        listener.client.disconnect()
        listener.client.eio.http.close()
    app.extensions["teleconsult.live"].close()
    server.shutdown()
    serving.join(10)
    server.server_close()
    system.store.engine.dispose()


def test_a_socket_without_a_live_session_is_refused(house: House) -> None:
    for cookie in ("", "guessed"):
        with pytest.raises(ConnectionError, match=r"session\.absent"):
            house.knock(cookie)


def test_a_study_is_followed_by_those_who_may_see_it_and_by_nobody_else(house: House) -> None:
    for login in ("doctor_a", "reader"):
        listener = house.listen(login)
        assert listener.join("study", house.study) == {"ok": True}
        assert listener.join("task", house.task) == {"ok": True}
        listener.client.disconnect()
    for login in ("doctor_b", "doctor_t", "administrator"):
        listener = house.listen(login)
        assert listener.join("study", house.study) == FOREIGN, login
        assert listener.join("task", house.task)["ok"] is False, login
        listener.client.disconnect()


def test_what_cannot_be_followed_is_refused_with_a_code(house: House) -> None:
    listener = house.listen("doctor_a")
    assert listener.join("study", "0" * 32) == FOREIGN
    for kind, key in (("site", house.alliance.sites["county_b"]), ("person", "x"), ("study", ""), ("study", {"a": 1})):
        assert listener.join(kind, key) == {"ok": False, "code": "live.subject", "meaning": "invalid"}
    assert listener.client.call("join", "nonsense", timeout=10)["code"] == "live.subject"
    assert listener.client.connected


def test_news_reaches_those_who_may_see_it_and_nobody_else(house: House) -> None:
    near, far, city = (house.listen(login) for login in ("doctor_a", "doctor_b", "reader"))
    for listener in (near, far, city):
        listener.join("study", house.study)
        listener.join("task", house.task)
    house.claim()
    house.tell()
    for listener in (near, city):
        wait_for(partial(listener.was_told, "TaskClaimed"), "the fact is heard and the list is told")
    for scope in (
        content["scope"] for listener in (near, city) for said, content in listener.heard if said == "changed"
    ):
        assert scope in {f"site:{house.alliance.sites[code]}" for code in ("city", "county_a")}
    assert [said for said, _ in far.heard] == []
    assert "测试" not in str(near.heard), "news holds ids, no names"


def test_leaving_a_room_ends_its_news(house: House) -> None:
    listener = house.listen("reader")
    listener.join("task", house.task)
    assert listener.client.call("leave", {"kind": "task", "id": house.task}, timeout=10) == {"ok": True}
    house.claim()
    house.tell()
    wait_for(lambda: any(said == "changed" for said, _ in listener.heard), "the list is told")
    assert listener.names("fact") == []


@pytest.mark.parametrize(("last", "other"), [("leave", "join"), ("join", "leave")])
def test_of_joins_and_leaves_that_come_together_the_last_word_counts(house: House, last: str, other: str) -> None:
    listener, wish = house.listen("reader"), {"kind": "task", "id": house.task}
    server, room = house.app.extensions["teleconsult.live"].io.server, f"task:{house.task}"
    for turn in range(30):
        answers: list[Any] = []
        for word in (last, other, last) * 2:
            listener.client.emit(word, wish, callback=answers.append)
        wait_for(lambda answers=answers: len(answers) == 6, "all of it was taken")  # type: ignore[misc]
        assert (room in server.rooms(listener.client.get_sid())) == (last == "join"), turn
    house.claim()
    house.tell()
    wait_for(lambda: any(said == "changed" for said, _ in listener.heard), "the list is told")
    if last == "join":
        wait_for(lambda: "TaskClaimed" in listener.names("fact"), "who follows hears of it")
    else:
        assert listener.names("fact") == []


def test_who_enters_a_room_while_the_last_one_leaves_it_is_in_it() -> None:
    """Many sockets at once, each coming and going by itself; a switch of threads wherever there can be one."""
    book, lost = live_moves.moves(""), list[str]()
    book.set_server(socketio.Server(client_manager=book, async_mode="threading"))
    sids = [book.connect(f"line {number}", "/") for number in range(4)]

    def come_and_go(sid: str) -> None:
        for _ in range(3000):
            book.enter_room(sid, "/", "room")
            if "room" not in book.get_rooms(sid, "/"):
                lost.append(sid)
            book.leave_room(sid, "/", "room")

    before, threads = sys.getswitchinterval(), [threading.Thread(target=come_and_go, args=(sid,)) for sid in sids]
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert lost == []


def test_what_a_client_says_is_passed_to_nobody(house: House) -> None:
    loud, quiet = house.listen("reader"), house.listen("doctor_a")
    quiet.join("study", house.study)
    loud.client.emit("fact", {"subject": "study", "subject_id": house.study, "version": 99, "name": "Forged"})
    loud.client.emit("changed", {"scope": "site:x"})
    loud.join("study", house.study)  # answered, so what was said before has been taken
    house.claim()
    house.tell()
    wait_for(lambda: quiet.names("fact"), "news goes on")
    assert "Forged" not in str(quiet.heard)


def test_more_sockets_than_the_cap_are_refused_until_one_is_closed(house: House) -> None:
    listeners = [house.listen("reader") for _ in range(MOST)]
    with pytest.raises(ConnectionError, match=r"sockets\.full"):
        house.listen("doctor_a")
    listeners[0].client.disconnect()
    wait_for(lambda: _let_in(house), "there is room again")


def _let_in(house: House) -> bool:
    try:
        return bool(house.listen("doctor_a").client.connected)
    except ConnectionError:
        return False


def test_the_end_of_a_session_closes_its_socket(house: House) -> None:
    browser = Browser(house.app.test_client(), "reader")
    cookie = browser.client.get_cookie("tc_session")
    assert cookie is not None
    leaving, staying = house.knock(cookie.value), house.listen("reader")
    assert browser.post("/api/logout").status_code == 200
    wait_for(lambda: not leaving.client.connected, "the socket is closed")
    assert staying.client.connected


def test_changed_roles_close_the_socket(house: House) -> None:
    people, sites = house.alliance.people, house.alliance.sites
    listener = house.listen("reader2")
    with house.system.work(people["administrator"]) as work:
        grants = [Grant(Role.COORDINATOR, sites["city"])]
        set_grants(work, people["administrator"], people["reader2"].id, grants)
    wait_for(lambda: not listener.client.connected, "the socket is closed")


def test_an_ended_share_ends_its_news_without_closing_the_socket(house: House) -> None:
    listener, other = house.listen("reader"), house.listen("doctor_a")
    for one in (listener, other):
        one.join("study", house.study)
    with house.system.work() as work:
        work.session.execute(update(ShareRow).where(ShareRow.why == "reading").values(closes_at=work.now))
    server, room = house.app.extensions["teleconsult.live"].io.server, f"study:{house.study}"
    wait_for(lambda: room not in server.rooms(listener.client.get_sid()), "the room is left")
    with house.system.work() as work:
        reading.mark_late(work, house.study)
    house.tell()
    wait_for(lambda: other.names("fact"), "who still may see it hears of it")
    assert listener.names("fact") == []
    assert listener.client.connected


def test_a_case_is_followed_by_those_who_have_it_until_they_have_it_no_more(house: House) -> None:
    doctor, system = house.alliance.people["doctor_a"], house.system
    with system.work(doctor) as work:
        case = referral.open_case(work, doctor, house.study, "测试病例")
    own, other = house.listen("doctor_a"), house.listen("doctor_b")
    assert own.join("case", case.id) == {"ok": True}
    assert other.join("case", case.id) == {"ok": False, "code": "case.absent", "meaning": "absent"}
    with system.work() as work:
        open_case_share(work, case.id, house.alliance.sites["county_b"], "referral", "asked")
    assert other.join("case", case.id) == {"ok": True}
    with system.work(doctor) as work:
        referral.edit_case(work, doctor, case.id, {"severity": "severe"})
    house.tell()
    wait_for(lambda: "CaseEdited" in own.names("fact"), "its own hospital hears of it")
    wait_for(lambda: "CaseEdited" in other.names("fact"), "who was asked hears of it")
    with system.work() as work:
        close_case_shares(work, "asked")
    server, room = house.app.extensions["teleconsult.live"].io.server, f"case:{case.id}"
    wait_for(lambda: room not in server.rooms(other.client.get_sid()), "the room is left")
    with system.work(doctor) as work:
        referral.close_case(work, doctor, case.id)
    house.tell()
    wait_for(lambda: "CaseClosed" in own.names("fact"), "its own hospital hears of the end")
    assert "CaseClosed" not in other.names("fact")
