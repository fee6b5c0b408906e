"""Several gateways with the token of one peer: a mistake that costs no image, and that the centre says instead of one hiding the other's queue."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dicom_node.gateway.config import FILE, home_name, load, machine_name
from teleconsult import access
from teleconsult.access import SYSTEM
from teleconsult.imaging import gateways
from teleconsult.imaging.tables_uploads import GatewayReportRow
from tests.children import wait_for
from tests.gateway.conftest import Centre, Gateway
from tests.gateway.test_gateway import a_study, objects

pytestmark = pytest.mark.timeout(300)
LINK = "http://127.0.0.1:1/#gateway=tcp_x"


def seen(centre: Centre, title: str = "SCANNER_A") -> list[gateways.Gateway]:
    with centre.alliance.system.read() as work:
        return [each for each in gateways.gateways(work, SYSTEM) if each.ae_title == title]


def said_shared(gateway: Gateway) -> bool:
    return bool(gateway.state()["token_shared"])


def a_peer(centre: Centre, title: str) -> access.Peer:
    with centre.alliance.system.read() as work:
        peer = access.identify(work, title, "127.0.0.1")
    assert peer is not None
    return peer


def test_what_waits_in_one_is_not_hidden_by_the_other(centre: Centre, tmp_path: Path) -> None:
    often, token = {"report-seconds": "1"}, centre.token("SCANNER_A")
    stuck = Gateway(tmp_path / "stuck", centre.port, token, **often, limit="00:00-24:00=1")
    quick = Gateway(tmp_path / "quick", centre.port, token, **often)
    try:
        for each in (stuck, quick):
            each.start()
        assert stuck.scanner().send(*objects(a_study(5, size=256))) == [0] * 5
        wait_for(
            lambda: any(each.report["oldest_seconds"] > 1 for each in seen(centre)),
            "what waits is reported, with its age",
        )
        assert all(bool(each.report["waiting"]) == (each.report["oldest_seconds"] > 0) for each in seen(centre))
        before = {each.report["home"]: each.at for each in seen(centre)}
        wait_for(lambda: all(each.at > before[each.report["home"]] for each in seen(centre)), "each has reported again")
        assert sorted((each.report["waiting"] > 0, each.shared) for each in seen(centre)) == [
            (False, True),
            (True, True),
        ]
        here = machine_name()
        ids = [str(each.report["home"]) for each in seen(centre)]
        assert ids == sorted(ids), "always in the same order"
        assert {each.report["machine"] for each in seen(centre)} == {here}
        for each in (stuck, quick):
            wait_for(partial(said_shared, each), "its own page says so, too")
            assert each.state()["machine"] == here
        assert sorted(each.state()["digits"] for each in (stuck, quick)) == sorted(name[-4:] for name in ids)
        for language, words in (("zh-CN", "另有网关在使用同一令牌"), ("en", "Another gateway uses the same token")):
            assert words in quick.shown(language)
            assert here in quick.shown(language)
            assert quick.state()["digits"] in quick.shown(language)
        named = json.loads((stuck.home / FILE).read_text())["home_id"]
        stuck.kill()
        stuck.start()
        assert json.loads((stuck.home / FILE).read_text())["home_id"] == named
        wait_for(lambda: all(each.at > max(before.values()) for each in seen(centre)), "it reports after its restart")
        assert len(seen(centre)) == 2
    finally:
        for each in (stuck, quick):
            each.stop()


def test_a_copied_home_and_an_old_one_have_names_of_their_own(tmp_path: Path) -> None:
    one, copy = tmp_path / "one", tmp_path / "copy"
    for home in (one, copy):
        home.mkdir()
    config = load(one, setup=LINK)
    (copy / FILE).write_text((one / FILE).read_text())
    assert home_name(load(one), one) == home_name(config, one) != home_name(load(copy), copy)
    old = json.loads((copy / FILE).read_text())
    del old["home_id"]
    (copy / FILE).write_text(json.dumps(old))
    assert load(copy).home_id == load(copy).home_id != config.home_id


def test_a_gateway_that_was_updated_or_set_up_anew_is_soon_one_again(centre: Centre) -> None:
    system = centre.alliance.system

    def report(home: str, waiting: int) -> None:
        with system.work(SYSTEM) as work:
            gateways.reported(work, peer, _report(waiting), home, None)

    def age(**by_home: int) -> None:
        """As if their last reports were so many minutes old."""
        with system.work(SYSTEM) as work:
            row = work.session.get_one(GatewayReportRow, peer.id)
            homes = {name: dict(each) for name, each in row.report["homes"].items()}
            for name, minutes in by_home.items():
                homes[name.strip("_")]["at"] = (work.now - timedelta(minutes=minutes)).isoformat()
            row.report = {"homes": homes}

    def waiting() -> list[tuple[int, bool]]:
        return sorted((each.report["waiting"], each.shared) for each in seen(centre, "SCANNER_B"))

    peer = a_peer(centre, "SCANNER_B")
    with system.work(SYSTEM) as work:  # as before homes were told apart
        work.session.add(GatewayReportRow(peer_id=peer.id, at=work.now, report=_report(3)))
    assert waiting() == [(3, False)]
    report("one", 1)
    assert waiting() == [(1, True), (3, True)], "an older one may run beside it"
    age(_=11)
    assert waiting() == [(1, False), (3, False)]
    report("one", 0)
    assert waiting() == [(0, False)], "it was updated"
    age(one=60 * 24 + 1)
    report("two", 0)
    assert waiting() == [(0, False)], "it was set up anew, and nothing was left in its old home"
    report("one", 7)
    age(one=60 * 24 * 29)
    report("two", 0)
    assert waiting() == [(0, False), (7, False)], "what was left there is still said"


def _report(waiting: int) -> dict[str, Any]:
    return {"waiting": waiting, "waiting_bytes": 100 * waiting, "parked": 0}
