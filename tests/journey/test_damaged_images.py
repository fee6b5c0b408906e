"""Files of a study are lost in the store: the reader sees which images can't be shown, from the list to the picture, until they are back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from teleconsult.access import SYSTEM
from teleconsult.imaging import InstanceRow, scrub
from teleconsult.settings import Settings
from teleconsult.system import build
from tests import synth
from tests.children import wait_for
from tests.journey.desk import Desk
from tests.journey.fair import fair
from tests.journey.platform import Platform
from tests.peers import sent

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(300)]
NAME = "测试坏片"


def lose(platform: Platform, *uids: str) -> None:
    """Their files are gone, and the nightly round finds it."""
    system = build(Settings.from_env({}, home=platform.home))
    try:
        with system.read() as work:
            keys = work.session.scalars(select(InstanceRow.blob_key).where(InstanceRow.sop_uid.in_(uids))).all()
        for key in keys:
            system.blobs.delete(key)
        assert len(keys) == len(uids)
        scrub.run(system.store, system.blobs, SYSTEM, scrub.Pace())
    finally:
        system.store.engine.dispose()


def test_the_reader_sees_which_images_are_damaged_and_when_they_are_back(
    platform: Platform, desk: Callable[..., Desk]
) -> None:
    made = synth.a_ct_series(6, patient_name=NAME, patient_id="BAD-1")
    assert set(platform.scanner().send(*map(sent, made))) == {0}
    visitor = platform.visitor("reader")
    wait_for(lambda: any(row["patient"]["name"] == NAME and row["task_id"] for row in visitor.rows()), "open", fair(90))
    lose(platform, *(str(made[at].SOPInstanceUID) for at in (1, 2, 5)))

    reader = desk(platform.url, "reader")
    page = reader.page
    mark = reader.row(NAME).get_by_text("损坏 3", exact=True)
    expect(mark).to_have_attribute("title", re.compile("^3 幅图像的文件损坏或丢失，不能显示"))
    reader.choose(NAME)
    page.keyboard.press("Enter")
    reader.shown()
    assert reader.fact("imageIndex") not in (1, 2, 5)
    expect(page.get_by_role("navigation", name="序列", exact=True).get_by_role("button")).to_contain_text(
        "6 幅，损坏 3"
    )
    expect(page.get_by_text("已载入 100%")).to_be_visible()
    expect(page.get_by_text("3 幅未能载入", exact=True)).to_be_visible()

    gaps = page.get_by_role("navigation", name="无法显示的图像在序列中的位置").get_by_role("button")
    expect(gaps).to_have_count(2)
    expect(gaps.first).to_have_accessible_name("第 2–3 幅：文件损坏")
    bar, label = gaps.first.bounding_box(), page.get_by_text("图 4/6").bounding_box()
    assert bar is not None
    assert label is not None
    assert bar["y"] - (label["y"] + label["height"]) >= 2, "the bar does not touch the label"
    gaps.last.press("Enter")
    failed = page.get_by_test_id("pane-failed")
    expect(failed).to_contain_text("第 6 幅的文件损坏，无法显示")
    expect(failed).to_contain_text("已通知申请医院技师重新发送")
    expect(failed).not_to_contain_text("404")
    expect(page.get_by_test_id("quality")).to_have_count(0)
    page.keyboard.press("Home")
    reader.shown(0)
    expect(page.get_by_test_id("quality")).to_contain_text("完整")

    assert set(platform.scanner().send(*map(sent, made))) == {0}
    page.reload()
    reader.shown()
    expect(gaps).to_have_count(0)
    expect(page.get_by_text("损坏")).to_have_count(0)


def test_a_file_that_ends_early_is_never_drawn_and_another_image_does_not_show_through(
    platform: Platform, desk: Callable[..., Desk]
) -> None:
    """Before any nightly round: what is there of the second image is not drawn into the picture of the first."""
    name = "测试断片"
    made = synth.a_ct_series(3, patient_name=name, patient_id="CUT-1")
    assert set(platform.scanner().send(*map(sent, made))) == {0}
    visitor = platform.visitor("reader")
    wait_for(lambda: any(row["patient"]["name"] == name and row["task_id"] for row in visitor.rows()), "open", fair(90))
    halve(platform, str(made[1].SOPInstanceUID))

    reader = desk(platform.url, "reader")
    reader.choose(name)
    reader.page.keyboard.press("Enter")
    failed, quality = reader.page.get_by_test_id("pane-failed"), reader.page.get_by_test_id("quality")
    expect(failed).to_be_visible()  # a series opens in its middle
    expect(reader.page.get_by_text("1 幅未能载入", exact=True)).to_be_visible()
    reader.page.keyboard.press("ArrowUp")
    reader.shown(0)
    expect(quality).to_contain_text("完整")
    reader.page.keyboard.press("ArrowDown")
    expect(failed).to_be_visible()
    expect(quality).to_have_count(0)
    reader.page.keyboard.press("End")
    reader.shown(2)
    expect(quality).to_contain_text("完整")
    expect(reader.page.get_by_text("已载入 100%")).to_be_visible()


def halve(platform: Platform, sop_uid: str) -> None:
    """Its file ends early: a fault of the disk, a restore that was cut off."""
    system = build(Settings.from_env({}, home=platform.home))
    try:
        with system.read() as work:
            key = work.session.scalars(select(InstanceRow.blob_key).where(InstanceRow.sop_uid == sop_uid)).one()
        file = platform.home / "blobs" / key
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    finally:
        system.store.engine.dispose()
