"""Lines that lose packets: each way one of twenty is dropped inside the node, and Chromium hardly notices."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from teleconsult.media.forward.outbound import Slot
from tests.children import wait_for
from tests.media.conftest import Place
from tests.media.inside import Inside, Loss, in_a_thread
from tests.media.test_browser import browser, seated, site, video

__all__ = ["browser", "site"]
pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(300)]
SECONDS = 15.0


def change(page: Page, seconds: float) -> dict[str, float]:
    """What changed at this page within that time."""

    def now() -> dict[str, float]:
        pictures, sound = video(page), page.evaluate("incoming('audio')")
        keep = {"v_" + name: float(pictures.get(name, 0)) for name in _PICTURES}
        return keep | {"a_" + name: float(sound.get(name, 0)) for name in _SOUND}

    before, began = now(), time.monotonic()
    time.sleep(seconds)  # the time that is measured
    after = now()
    return {name: after[name] - before[name] for name in before} | {"seconds": time.monotonic() - began}


_PICTURES = (
    "framesDecoded", "packetsReceived", "packetsLost", "nackCount", "retransmittedPacketsReceived",
    "totalFreezesDuration", "pliCount",
)  # fmt: skip
_SOUND = ("packetsReceived", "packetsLost", "concealedSamples", "totalSamplesReceived", "silentConcealedSamples")


def place_in(node: Inside) -> Place:
    return Place(node.url, node.key, "room1")


def test_five_percent_loss_each_way_is_repaired(
    browser: BrowserContext,
    site: str,
    broker: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    measured: Callable[[str], None],
) -> None:
    loss, waits = Loss(monkeypatch), waits_of_receivers(monkeypatch)
    with in_a_thread(broker, tmp_path / "home") as node:
        one, two = (seated(browser, site, place_in(node), person) for person in ("one", "two"))
        for page in (one, two):
            wait_for(lambda page=page: video(page).get("framesDecoded", 0) > 20, "pictures are decoded", 60)  # type: ignore[misc]
        calm = change(one, SECONDS)
        loss.share = 0.05
        lossy = change(one, 3 * SECONDS)  # one short freeze is a hundredth of fifteen seconds already
        loss.share = 0.0
        measured(f"without loss {shares(calm)}; with 5 % lost each way {shares(lossy)}")
        one.close()
        two.close()
    assert loss.dropped > 100
    # Told how far away the node is, Chromium does not wait for the 100 ms that it would take for granted.
    assert statistics.median(waits) < 0.06, sorted(waits)
    assert lossy["v_retransmittedPacketsReceived"] > 0
    assert shares(lossy)["lost_sound"] < 0.005
    assert shares(lossy)["concealed"] < 0.01 + shares(calm)["concealed"]
    assert shares(lossy)["frozen"] < 0.01 + shares(calm)["frozen"]
    assert lossy["v_framesDecoded"] > 0.95 * calm["v_framesDecoded"] * lossy["seconds"] / calm["seconds"]


def waits_of_receivers(patch: pytest.MonkeyPatch) -> list[float]:
    """Filled as the test goes on: how long a browser waited before it asked once more for the same packet."""
    asked: dict[tuple[Slot, int], float] = {}
    waits: list[float] = []
    repair = Slot._repair  # noqa: SLF001 (where its questions arrive)

    def noting(slot: Slot, lost: list[int]) -> None:
        for packet in {(slot, seq) for seq in lost}:
            now = time.monotonic()
            if packet in asked:
                waits.append(now - asked[packet])
            asked[packet] = now
        repair(slot, lost)

    patch.setattr(Slot, "_repair", noting)
    return waits


def shares(seen: dict[str, float]) -> dict[str, Any]:
    return {
        "frozen": round(seen["v_totalFreezesDuration"] / seen["seconds"], 4),
        "concealed": round(seen["a_concealedSamples"] / max(seen["a_totalSamplesReceived"], 1), 4),
        "lost_sound": round(seen["a_packetsLost"] / max(seen["a_packetsReceived"], 1), 4),
        "frames": seen["v_framesDecoded"],
        "plis": seen["v_pliCount"],
    }
