"""Chapters of `tools.pictures`: what a technician does all day: orders, what came in and conflicts, rejected pictures, lines; devices and rounds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page
from pynetdicom import AE, evt
from pynetdicom.sop_class import Verification  # type: ignore[attr-defined]

from teleconsult.demo import cast
from teleconsult.demo.browser import Browser
from tools.pictures_cases import PAUSE, press, word
from tools.pictures_room import Desks

COUNTY = cast.site("COUNTY1")
FORM = {"patient_id": "DEMO0099", "name": "测试未", "procedure": "胸部CT平扫", "question": "咳嗽两周，排除肺炎"}


def ordering(album: Desks, _: dict[str, str]) -> None:
    """Orders: every shelf, an order with its study, the form, studies without an order."""
    with album.desk("tech1") as page:
        album.see(page, "/orders", "orders")
        for shelf in ("late", "performed", "cancelled", "all"):
            album.see(page, f"/orders?tab={shelf}", f"orders-{shelf}")
        for words, screen in (("胸部CT平扫", "answered"), ("头颅CT平扫", "waiting")):
            page.get_by_role("row").filter(has_text=words).first.click()
            page.get_by_test_id("order").get_by_role("heading").first.wait_for()
            album.take(page, f"order-{screen}")
        press(album, page, "orders", "verb.cancel", "order-cancel", "[data-testid=order]")
        page.keyboard.press("Escape")
        album.see(page, "/orders", "orders-again")
        press(album, page, "orders", "new", "order-new")
        for name, value in FORM.items():
            page.locator(f"[name={name}]").fill(value)
        album.take(page, "order-filled")
        page.locator("[name=birth_date]").evaluate("each => { each.type = 'text'; each.value = '1970-13-40'; }")
        page.get_by_role("dialog").locator("[type=submit]").click()
        page.get_by_role("alert").first.wait_for()
        album.take(page, "order-refused")
        page.keyboard.press("Escape")
        album.see(page, "/orders?tab=unmatched", "unmatched")
        press(album, page, "orders", "verb.link", "unmatched-link", "[data-testid=unmatched]")
        page.keyboard.press("Escape")
        album.see(page, "/orders?tab=all", "orders-all-again")
        page.keyboard.press("/")
        page.keyboard.type("nobody")
        page.wait_for_timeout(PAUSE * 2)
        album.take(page, "orders-empty-search")
    with album.desk("county2") as page:
        album.see(page, "/orders", "orders-none")


def receiving(album: Desks, _: dict[str, str]) -> None:
    """What came in and could not be stored; a conflict decided and taken back; numbers merged; rejected pictures."""
    with album.desk("tech1") as page:
        album.see(page, "/arrivals", "arrivals")
        page.mouse.wheel(0, 900)
        album.take(page, "arrivals-end")
        cards = page.get_by_test_id("conflict")
        cards.first.get_by_role("button").first.click()
        album.take(page, "conflict-deciding")
        page.keyboard.press("Escape")
        for shelf in ("decided", "merge", "all"):
            album.see(page, "/arrivals", "arrivals-again")
            press(album, page, "arrivals", f"shelf.{shelf}", f"arrivals-{shelf}")
            if shelf == "merge":
                page.locator("main [type=search]").fill("测试")
                page.locator("main [type=checkbox]").nth(1).check()
                page.locator("main [type=checkbox]").nth(2).check()
                page.mouse.wheel(0, 4000)
                press(album, page, "arrivals", "verb.merge", "merge-asking", "main li ~ *, main div:has(> p)")
        album.see(page, "/rejections", "rejections")
        page.locator("main li button, main tbody button").first.click()
        album.take(page, "rejections-lifting")
    with album.desk("admin1") as page:
        album.see(page, "/scrubs", "scrubs")
    with album.desk("coord1") as page:
        album.see(page, "/arrivals", "arrivals-centre")


def decided(album: Desks, _: dict[str, str]) -> None:
    """A decision and a merge that were made, each then taken back."""
    technician = Browser(album.url)
    technician.login("tech1", cast.PASSWORD)
    open_ones = technician.get("/api/conflicts").json["items"]
    instance = next(item for item in open_ones if item["reason"] == "instance.conflict")
    why = "与技师核对：重传时左右翻转，以首次为准"
    technician.post(f"/api/conflicts/{instance['key']}/decide", {"verb": "keep_old", "reason": why})
    made = technician.get("/api/decisions").json["items"][0]
    try:
        with album.desk("tech1") as page:
            album.see(page, "/arrivals", "arrivals-fewer")
            press(album, page, "arrivals", "shelf.decided", "decisions")
            press(album, page, "arrivals", "decision.undo", "decisions-undo")
    finally:
        technician.post(f"/api/decisions/{made['id']}/undo", {"reason": "演示结束"})


def lines(album: Desks, _: dict[str, str]) -> None:
    """A line that nobody answers and one that is well; the devices of an administrator."""
    with album.desk("tech1") as page:
        album.see(page, "/lines", "lines")
        with a_device(album):
            album.see(page, "/lines", "lines-registered")
            _checked(album, page, "lines-well")
        _checked(album, page, "lines-fault")
    with album.desk("admin1") as page:
        album.see(page, "/lines", "lines-administrator")
        album.see(page, "/admin/peers", "devices")
        press(album, page, "admin", "edit", "devices-edit", "main tbody")


_CODE = "() => /^[0-9]{5}$/.test(document.querySelector('[data-testid=line-code]')?.textContent ?? '')"


def _checked(album: Desks, page: Page, screen: str) -> None:
    page.get_by_role("button", name=word(album, "lines", "check"), exact=True).click()
    page.wait_for_timeout(PAUSE)
    page.wait_for_function(_CODE)
    album.take(page, screen)


@contextmanager
def a_device(album: Desks) -> Iterator[None]:
    """The county's device answers C-ECHO, and takes the test image, while this lasts."""
    ae = AE(str(COUNTY.ae_title))
    ae.add_supported_context(Verification)
    server = ae.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_ECHO, lambda _: 0x0000)])
    if server is None or server.socket is None:
        raise OSError("no port for a device")
    administrator = Browser(album.url)
    administrator.login("admin1", cast.PASSWORD)
    found: list[dict[str, Any]] = administrator.get("/api/admin/peers").json["items"]
    peer = next(each for each in found if each["ae_title"] == COUNTY.ae_title)
    where = {"host": "127.0.0.1", "port": server.socket.getsockname()[1]}
    administrator.patch(f"/api/admin/peers/{peer['id']}", where)
    try:
        yield
    finally:
        server.shutdown()
