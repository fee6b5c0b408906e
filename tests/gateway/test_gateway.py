"""A gateway between a county's modalities and a centre that is far away, over a line that breaks."""

from __future__ import annotations

import random
import threading
import urllib.request
from pathlib import Path

import pytest
from pydicom import Dataset
from pydicom.uid import generate_uid
from sqlalchemy import select

from dicom_node.line_image import made_study
from teleconsult.access.tables import PeerRow
from teleconsult.imaging.tables_lines import LineReturnRow
from teleconsult.imaging.tables_uploads import GatewayReportRow
from tests import synth
from tests.children import wait_for
from tests.gateway.conftest import Centre, Cut, Gateway
from tests.peers import Sent, sent

EXPLICIT = "1.2.840.10008.1.2.1"
pytestmark = pytest.mark.timeout(300)  # several whole processes start in each


def a_study(count: int, *, size: int = 64, **changes: str) -> list[Dataset]:
    """CT slices of one study that nobody else has."""
    slices, study = [synth.ct_slice(n + 1, rows=size, columns=size) for n in range(count)], generate_uid()
    for each in slices:
        each.StudyInstanceUID, each.SOPInstanceUID = study, generate_uid()
        for name, value in changes.items():
            setattr(each, name, value)
    return slices


def objects(slices: list[Dataset]) -> list[Sent]:
    return [sent(each) for each in slices]


def uids(*studies: list[Dataset]) -> list[str]:
    return sorted(str(each.SOPInstanceUID) for study in studies for each in study)


def test_what_a_modality_sends_arrives_at_the_centre_byte_by_byte(centre: Centre, gateway: Gateway) -> None:
    assert gateway.scanner().echo() == 0
    study = a_study(5)
    assert gateway.scanner().send(*objects(study)) == [0] * 5
    gateway.empty()
    assert centre.has() == uids(study)
    row = centre.studies()[0]
    assert row.site_id == centre.alliance.sites["county_a"]
    assert centre.rows(select(PeerRow.ae_title).where(PeerRow.id == row.peer_id)) == ["SCANNER_A"]


def test_the_centre_learns_that_a_study_is_complete_and_that_the_gateway_lives(
    centre: Centre, gateway: Gateway
) -> None:
    study = a_study(3)
    gateway.scanner().send(*objects(study))
    wait_for(lambda: gateway.state()["ended"] == 1, "the centre was told that the study is complete")
    row = centre.studies()[0]
    assert row.instance_count == 3
    assert row.settle_at < centre.alliance.system.clock.now(), "no quiet time is waited for"
    wait_for(lambda: centre.rows(select(GatewayReportRow)), "the gateway reports")
    assert centre.rows(select(PeerRow.last_seen_at).where(PeerRow.ae_title == "SCANNER_A"))[0] is not None


def test_the_test_image_of_a_line_check_reaches_the_centre_and_is_neither_a_study_nor_parked(
    centre: Centre, gateway: Gateway
) -> None:
    """A PACS behind a gateway gives the image back that way: the check is answered, nobody is alarmed."""
    made = made_study("0" * 32, centre.alliance.system.clock.now())
    images = [Sent(each.sop_class, each.sop_uid, EXPLICIT, each.data_set) for each in made.objects]
    assert gateway.scanner().send(*images) == [0, 0]
    gateway.empty()
    came = {row.sop_uid: row.sha256 for row in centre.rows(select(LineReturnRow))}
    assert came == made.digests
    assert centre.studies() == []
    assert (gateway.state()["parked"], gateway.state()["error"]) == (0, "")
    assert "线路检测图像，中心已收到 2" in gateway.shown()


def test_days_offline_cost_nothing_and_urgent_cases_go_first(centre: Centre, tmp_path: Path) -> None:
    centre.kill()
    gateway = Gateway(tmp_path / "gateway", centre.port, centre.token("SCANNER_A"))
    gateway.start()
    try:
        first, second, urgent = a_study(3), a_study(3), a_study(2)
        for study in (first, second):
            assert gateway.scanner().send(*objects(study)) == [0] * 3
        assert gateway.scanner("TCGATE_STAT").send(*objects(urgent)) == [0] * 2
        wait_for(lambda: gateway.state()["error"] == "line.refused", "the page says why")
        assert "中心服务器没有应答" in gateway.shown()
        assert "refuses the connection" in gateway.shown("en")
        page = gateway.shown()
        assert page.index("急</span>") < page.index("等待上传") + 2000
        gateway.stop()
        gateway.start()
        assert gateway.state()["waiting"] == 8
        centre.start()
        gateway.empty()
        assert centre.has() == uids(first, second, urgent)
        assert gateway.state()["error"] == ""
        came = centre.studies()
        assert came[0].study_uid == urgent[0].StudyInstanceUID
        assert [row.study_uid for row in came if row.priority == "STAT"] == [urgent[0].StudyInstanceUID]
    finally:
        gateway.stop()


def test_a_line_cut_in_the_middle_of_a_chunk_goes_on_from_there(centre: Centre, tmp_path: Path) -> None:
    cut = Cut(centre.port)
    gateway = Gateway(tmp_path / "gateway", cut.port, centre.token("SCANNER_A"))
    gateway.start()
    try:
        cut.after, cut.breaks = 150_000, 4
        study = a_study(2, size=1024)
        for each in study:  # noise does not deflate
            each.PixelData = random.Random(each.InstanceNumber).randbytes(2 * 1024 * 1024)
        assert gateway.scanner().send(*objects(study)) == [0, 0]
        gateway.empty()
        assert centre.has() == uids(study)
        assert cut.broken >= 1
    finally:
        gateway.stop()
        cut.close()


def test_the_centre_is_killed_and_comes_back_in_the_middle_of_it(centre: Centre, gateway: Gateway) -> None:
    study = a_study(40)
    sending = threading.Thread(target=lambda: gateway.scanner().send(*objects(study)))
    sending.start()
    wait_for(lambda: len(centre.has()) >= 3, "some are there")
    centre.kill()
    sending.join()
    centre.start()
    gateway.empty()
    assert centre.has() == uids(study)


def test_a_line_that_is_whole_again_is_found_so_with_nothing_to_send(centre: Centre, tmp_path: Path) -> None:
    centre.kill()
    gateway = Gateway(tmp_path / "gateway", centre.port, centre.token("SCANNER_A"), **{"report-seconds": "3600"})
    gateway.start()
    try:
        wait_for(lambda: gateway.state()["error"] == "line.refused", "the page says why")
        centre.start()
        wait_for(lambda: gateway.state()["error"] == "", "the page says that the line is whole")
    finally:
        gateway.stop()


def test_a_revoked_token_stops_it_with_words_and_a_new_link_goes_on(centre: Centre, gateway: Gateway) -> None:
    centre.revoke("SCANNER_A")
    study = a_study(2)
    assert gateway.scanner().send(*objects(study)) == [0, 0]
    wait_for(lambda: gateway.state()["error"] == "token.refused", "the page says why")
    assert "令牌" in gateway.shown()
    assert centre.has() == []
    gateway.stop()
    gateway.link = f"http://127.0.0.1:{centre.port}/#gateway={centre.token('SCANNER_A')}"
    gateway.start()
    gateway.empty()
    assert centre.has() == uids(study)


def test_a_full_disk_is_said_to_the_modality_and_loses_nothing(centre: Centre, tmp_path: Path) -> None:
    gateway = Gateway(tmp_path / "gateway", centre.port, centre.token("SCANNER_A"), **{"reserve-bytes": str(1 << 60)})
    gateway.start()
    try:
        study = a_study(2)
        assert gateway.scanner().send(*objects(study)) == [0xA700, 0xA700]
        assert "磁盘已满" in gateway.shown()
        assert list((tmp_path / "gateway" / "waiting").iterdir()) == []
    finally:
        gateway.stop()


def test_two_gateways_of_one_hospital_may_bring_the_same_study(centre: Centre, tmp_path: Path) -> None:
    study = a_study(6)
    both = [Gateway(tmp_path / f"gateway-{n}", centre.port, centre.token("SCANNER_A")) for n in range(2)]
    try:
        for one in both:
            one.start()
            assert one.scanner().send(*objects(study)) == [0] * 6
        for one in both:
            one.empty()
            assert one.state()["parked"] == 0
        assert centre.has() == uids(study)
    finally:
        for one in both:
            one.stop()


def test_who_calls_a_wrong_title_is_turned_away_and_seen_on_the_page(gateway: Gateway) -> None:
    association = gateway.scanner("WRONG").request()
    assert association.is_rejected
    assert "WRONG" in gateway.shown()


def test_the_same_object_sent_twice_waits_once_and_what_is_no_dicom_is_not_acknowledged(
    centre: Centre, gateway: Gateway
) -> None:
    study = a_study(1)
    item = objects(study)[0]
    broken = Sent(item.sop_class, item.sop_uid, item.transfer_syntax, item.data_set[: len(item.data_set) // 2])
    assert gateway.scanner().send(item, item) == [0, 0]
    assert gateway.scanner().send(broken)[0] != 0
    gateway.empty()
    assert centre.has() == uids(study)


def test_the_page_follows_the_browsers_language_and_knows_its_hospital_while_the_centre_is_away(
    centre: Centre, gateway: Gateway
) -> None:
    wait_for(lambda: gateway.state()["site"] == "示例一县医院", "the centre has said whose it is")
    wait_for(lambda: gateway.state()["reached"], "and has taken the report, which comes after")
    gateway.stop()
    centre.kill()
    gateway.start()
    wait_for(lambda: gateway.state()["error"] == "line.refused", "the page says why")
    assert (gateway.state()["reached"], gateway.state()["site"]) == (False, "示例一县医院")
    assert "示例一县医院" in gateway.shown()
    for accepted, word in (
        ("en-GB,en;q=0.9,zh;q=0.4", "Line to the centre"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "到中心的线路"),
    ):
        asked = urllib.request.Request(f"http://127.0.0.1:{gateway.page}/", headers={"Accept-Language": accepted})
        with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 (our own page)
            assert word in answer.read().decode()


def test_a_second_gateway_in_the_same_home_does_not_start(gateway: Gateway) -> None:
    again = Gateway(gateway.home, 1, "tcp_x")
    with pytest.raises(AssertionError, match="in use by another gateway"):
        again.start()


def test_a_line_that_carries_nothing_is_not_called_good(centre: Centre, tmp_path: Path) -> None:
    line = Cut(centre.port)
    gateway = Gateway(tmp_path / "silent", line.port, centre.token("SCANNER_A"), **{"report-seconds": "1"})
    gateway.start()
    try:
        wait_for(lambda: ">正常</span>" in gateway.shown(), "the centre has answered")
        line.rate = 100  # bytes a second: what is asked now is on its way for seconds
        wait_for(lambda: "中心暂无应答，正在重试" in gateway.shown(), "its silence is said")
        assert "No answer at present" in gateway.shown("en")
        assert gateway.state()["error"] == "", "nothing has failed yet"
        line.rate = 0
        wait_for(lambda: ">正常</span>" in gateway.shown(), "the centre has answered again")
    finally:
        gateway.stop()
        line.close()
