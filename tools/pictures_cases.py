"""Chapters of `tools.pictures`: cases, consultations, referrals, critical findings, MDT, follow-ups, upload; and what a telephone shows of them."""

from __future__ import annotations

import json
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page
from pydicom.data import get_testdata_file

from tools.pictures_cases_scene import Cases
from tools.pictures_room import Desks
from tools.says import ROOT

PHONE = "390"
ASKED = ("ask_supplement", "route", "reject", "arrange")
PAUSE = 500


@cache
def scene_of(url: str) -> Cases:
    return Cases(url)


@cache
def _words(feature: str, language: str) -> dict[str, Any]:
    folder = "ui" if feature == "ui" else f"features/{feature}"
    text = (ROOT / f"reading_ui/src/{folder}/i18n/{language}.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def word(album: Desks, feature: str, key: str) -> str:
    """What the screens call it in the album's language; keys as the screens write them: `verb.accept` of `consult`."""
    found: Any = _words(feature, album.language)
    for part in key.split("."):
        found = found[part]
    return str(found)


def press(album: Desks, page: Page, feature: str, key: str, screen: str = "", within: str = "body") -> None:
    """Click the button with these words; photograph what it opens."""
    page.locator(within).get_by_role("button", name=word(album, feature, key)).first.click()
    if screen:
        page.wait_for_timeout(PAUSE)
        album.take(page, screen)


def asking(album: Desks, _: dict[str, str]) -> None:
    """The county doctor's own screens: desk, cases and their timeline, a new request, the attachments."""
    scene = scene_of(album.url)
    with album.desk("county1") as page:
        album.see(page, "/county", "desk-county")
        album.see(page, "/cases", "cases")
        album.see(page, f"/cases/{scene.case}", "case")
        page.get_by_test_id("replay").get_by_role("button").first.click()
        album.take(page, "case-replay")
        album.see(page, f"/cases/{scene.case}", "case-again")
        press(album, page, "meeting", "propose.open", "case-propose")
        page.keyboard.press("Escape")
        album.see(page, f"/consultations/{scene.consultation['draft']}", "request-draft")
        album.see(page, "/consultations/new", "request-new")
        with tempfile.TemporaryDirectory() as folder:
            paper = Path(folder) / "知情同意书.pdf"
            paper.write_bytes(b"%PDF-1.4\n%%EOF\n")
            album.see(page, f"/cases/{scene.case}", "case-third")
            page.get_by_test_id("drop").locator("input").set_input_files([paper])
            page.get_by_test_id("attachments").get_by_text("知情同意书").first.wait_for()
            album.take(page, "case-attachments")


def consulting(album: Desks, _: dict[str, str]) -> None:
    """Consultations in every state, as each side sees them; the directory of experts."""
    scene = scene_of(album.url)
    with album.desk("county1") as page:
        album.see(page, "/consultations", "consultations-county")
        for state in ("supplement", "scheduled", "signed", "closed", "rejected", "cancelled"):
            album.see(page, f"/consultations/{scene.consultation[state]}", f"consultation-{state}")
        album.see(page, f"/consultations/{scene.consultation['supplement']}", "consultation-supplement-again")
        press(album, page, "consult", "verb.supplement", "consultation-supplement-form")
    with album.desk("coord1") as page:
        album.see(page, "/desk", "desk-coordinator")
        album.see(page, "/consultations", "consultations-centre")
        album.see(page, f"/consultations/{scene.consultation['submitted']}", "consultation-submitted")
        for verb in ASKED[:3]:
            album.see(page, f"/consultations/{scene.consultation['submitted']}", "consultation-submitted")
            press(album, page, "consult", f"verb.{verb}", f"consultation-{verb.replace('_', '-')}")
        album.see(page, f"/consultations/{scene.consultation['accepted']}", "consultation-accepted")
        press(album, page, "consult", "verb.arrange", "consultation-arrange")
        album.see(page, "/experts", "experts")
    with album.desk("expert1") as page:
        album.see(page, "/desk", "desk-expert")
        album.see(page, f"/consultations/{scene.consultation['assigned']}", "consultation-assigned")
        album.see(page, f"/consultations/{scene.consultation['opinion']}", "consultation-opinion")
        press(album, page, "consult", "opinion.sign", "consultation-sign")


def referring(album: Desks, _: dict[str, str]) -> None:
    """Referrals: list, form with its checklist, every state, the forms of both sides."""
    scene = scene_of(album.url)
    with album.desk("county2") as page:
        album.see(page, "/referrals", "referrals-county")
        for state in ("draft", "asked", "in_transit"):
            album.see(page, f"/referrals/{scene.referral[state]}", f"referral-{state}")
        album.see(page, f"/referrals/new?case={scene.case}", "referral-new-foreign")
        album.see(page, f"/referrals/{scene.referral['asked']}", "referral-asked")
        press(album, page, "cases", "referral.verb.answer", "referral-answer", "[data-testid=verbs]")
    with album.desk("county3") as page:
        for state in ("completed", "declined"):
            album.see(page, f"/referrals/{scene.referral[state]}", f"referral-{state}")
    with album.desk("coord1") as page:
        album.see(page, "/referrals", "referrals-centre")
        album.see(page, f"/referrals/{scene.referral['arrived']}", "referral-arrived")
        press(album, page, "cases", "referral.verb.complete", "referral-complete", "[data-testid=verbs]")
        waiting = scene.user("coord1").get("/api/referrals?box=in&state=submitted").json["items"]
        for verb in ("accept", "redirect", "ask", "decline") if waiting else ():
            album.see(page, f"/referrals/{waiting[0]['id']}", "referral-submitted")
            press(album, page, "cases", f"referral.verb.{verb}", f"referral-{verb}", "[data-testid=verbs]")
    with album.desk("county1") as page:
        album.see(page, "/follow-ups", "follow-ups")
        press(album, page, "cases", "followUp.verb.change", "follow-ups-change", "main")
    with album.desk("coord1") as page:
        album.see(page, "/worklist", "places-coordinator")


def meeting(album: Desks, _: dict[str, str]) -> None:
    """MDT: boards, meetings, the agenda, a case with its conclusion, dissent and signatures, the forms."""
    scene = scene_of(album.url)
    with album.desk("coord1") as page:
        album.see(page, "/boards", "boards")
        press(album, page, "meeting", "boards.new", "boards-new")
        album.see(page, "/meetings", "meetings")
        press(album, page, "meeting", "adHoc.open", "meetings-ad-hoc")
        album.see(page, f"/meetings/{scene.meeting}", "meeting")
        press(album, page, "meeting", "verb.set_members", "meeting-members", "[data-testid=members]")
    item = f"/meetings/{scene.meeting}/items/{scene.item}"
    with album.desk("expert2") as page:
        album.see(page, item, "item")
        page.locator("main").evaluate(_TO_THE_END)
        album.take(page, "item-end")
        press(album, page, "meeting", "verb.sign", "item-sign", "[data-testid=conclusion]")
    with album.desk("county1") as page:
        album.see(page, item, "item-county")


_TO_THE_END = "(main) => { for (const one of [main, ...main.querySelectorAll('*')]) one.scrollTop = one.scrollHeight; }"


def criticals(album: Desks, scene: dict[str, str]) -> None:
    """A critical finding from the viewer to its end: dialog, banner, reading back, what is done; the list."""
    study = scene["signed"]
    reader, county = scene_of(album.url).user("reader1"), scene_of(album.url).user("county1")
    with album.desk("reader1") as page:
        page.goto(f"{album.url}/read/{scene['reading']}")
        page.wait_for_function("() => window.__viewer?.phase === 'shown'")
        press(album, page, "critical", "raise.open", "critical-raise")
    found = reader.post(f"/api/studies/{study}/criticals", {"item": "tension_pneumothorax", "text": "纵隔左移"})
    try:
        with album.desk("county1") as page:
            page.get_by_test_id("critical-banner").wait_for()
            album.see(page, "/county", "critical-banner")
            press(album, page, "critical", "readBack.open", "critical-read-back")
            page.keyboard.press("Escape")
            album.see(page, "/criticals", "criticals")
            name = county.get(f"/api/criticals/{found['id']}").json["patient"]["name"]
            county.post(f"/api/criticals/{found['id']}/acknowledge", {"read_back": f"{name}，张力性气胸"})
            album.see(page, f"/studies/{study}", "critical-study")
            page.get_by_test_id("critical-chip").first.click()
            album.take(page, "critical-acknowledged")
        with album.desk("reader1") as page:
            album.see(page, "/criticals", "criticals-reader")
            album.see(page, "/worklist?view=verified", "critical-worklist")
    finally:
        reader.ask("POST", f"/api/criticals/{found['id']}/withdraw", {"reason": "演示结束"})
        county.ask("POST", f"/api/criticals/{found['id']}/act", {"action": "treat", "text": "胸腔闭式引流"})
        county.ask("POST", f"/api/criticals/{found['id']}/close", {"outcome": "improved", "text": ""})


def sending(album: Desks, _: dict[str, str]) -> None:
    """Images over HTTPS: a folder looked at before it is sent, tokens of a peer, the bell."""
    with album.desk("tech1") as page, tempfile.TemporaryDirectory() as name:
        album.see(page, "/upload", "upload")
        folder = Path(name) / "disc"
        folder.mkdir()
        shutil.copyfile(str(get_testdata_file("CT_small.dcm")), folder / "IM0001")
        (folder / "README.TXT").write_text("not DICOM")
        page.locator("input[webkitdirectory]").set_input_files(folder)
        page.get_by_role("button", name=word(album, "upload", "send").split("{")[0]).first.wait_for()
        album.take(page, "upload-confirm")
    with album.desk("admin1") as page:
        album.see(page, "/admin/peers", "peers")
        press(album, page, "admin", "tokens.button", "tokens", "main")
    with album.desk("county1") as page:
        album.see(page, "/cases", "before-bell")
        page.locator("header [aria-expanded]").first.click()
        album.take(page, "bell")


def phone(album: Desks, _: dict[str, str]) -> None:
    """What a county doctor does with a telephone: see what waits, ask, answer, read the opinion."""
    scene = scene_of(album.url)
    with album.desk("county1") as page:
        for path, screen in (
            ("/county", "desk-county"),
            ("/consultations", "consultations"),
            ("/consultations/new", "request-new"),
            (f"/consultations/{scene.consultation['draft']}", "request-draft"),
            (f"/consultations/{scene.consultation['supplement']}", "consultation-supplement"),
            (f"/consultations/{scene.consultation['signed']}", "consultation-signed"),
            ("/cases", "cases"),
            (f"/cases/{scene.case}", "case"),
            ("/meetings", "meetings"),
            (f"/meetings/{scene.meeting}", "meeting"),
            (f"/meetings/{scene.meeting}/items/{scene.item}", "item"),
            ("/referrals", "referrals"),
            ("/follow-ups", "follow-ups"),
            ("/criticals", "criticals"),
            ("/upload", "upload"),
            ("/call-test", "call-test"),
        ):
            album.see(page, path, screen)
    with album.desk("county2") as page:
        for state in ("draft", "asked", "in_transit"):
            album.see(page, f"/referrals/{scene.referral[state]}", f"referral-{state}")
    with album.desk("reader1") as page:
        album.see(page, "/worklist", "worklist")
        row = page.locator("[role=row][data-key]").first
        row.wait_for()
        row.click()
        page.keyboard.press("Enter")
        page.wait_for_timeout(PAUSE * 6)
        album.take(page, "reading")
