"""A scanner is cut off in the middle of an image; the technician reads whose it was, sends again, and the entry is over."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests import synth
from tests.children import wait_for
from tests.journey.desk import Sit, photographed
from tests.journey.platform import Platform
from tests.peers import sent, store_in_part

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(300)]


def test_a_cut_off_transfer_says_whose_it_was_and_is_over_once_it_has_come(platform: Platform, desk: Sit) -> None:
    ds = synth.ct_slice(rows=512, columns=512, patient_id="CUT900", patient_name="CESHI^DUANXIAN=测试^断线")
    ds.SpecificCharacterSet, ds.StudyDescription = "ISO_IR 192", "胸部CT平扫"
    item, scanner, technician = sent(ds), platform.scanner(), platform.visitor("technician_a")
    association = scanner.request([item])
    store_in_part(association, item)
    association.abort()
    at = desk(platform.url, "technician_a")
    at.go("/arrivals")
    entry = at.page.get_by_test_id("arrival").filter(has_text="CUT900")
    expect(entry).to_contain_text("传输中断，图像未收全")
    expect(entry).to_contain_text("测试断线 · CUT900 · CT · 胸部CT平扫")
    expect(entry).to_contain_text("对方中止：设备在传输中取消了发送")
    expect(entry).to_contain_text("请在设备上重新发送该检查")
    expect(entry).to_contain_text(item.sop_uid)
    photographed(at, "arrivals-cut-off")

    assert scanner.send(item) == [0]
    wait_for(lambda: item.sop_uid not in str(technician.get("/api/arrivals?state=open")), "it is over", 30)
    expect(entry).to_have_count(0)
    at.button("全部").click()
    expect(entry).to_contain_text("该图像后来已完整收到，无需处理")
    photographed(at, "arrivals-cut-off-over")
