"""Two pages of a real Chromium that may use nothing but a relay meet through a real coturn, with the credentials that web hands out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from teleconsult import turn
from tests.children import wait_for
from tests.media.conftest import Place
from tests.media.test_browser import a_browser, decodes_more, seated, site
from tests.media.test_relay import SECRET, Relay, relay

__all__ = ["relay", "site"]
pytestmark = [pytest.mark.needs_chromium, pytest.mark.needs_coturn, pytest.mark.timeout(300)]


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[BrowserContext]:
    """Takes the certificate that `tls.pair` made for itself: a hospital's browsers know the issuer of theirs."""
    with a_browser(tmp_path / "profile", "--ignore-certificate-errors") as context:
        yield context


def through(relay: Relay, transport: str, person: str, secret: str = SECRET) -> dict[str, Any]:
    """What a browser is told that reaches the outside by that way alone."""
    plain = f"turn:127.0.0.1:{relay.port}?transport={transport}"
    url = f"turns:127.0.0.1:{relay.tls_port}?transport=tcp" if transport == "tls" else plain
    servers = turn.ice_servers(turn.addresses(url), secret, person, time.time(), 3600)
    return {"iceServers": servers, "iceTransportPolicy": "relay"}


def ways(page: Page) -> list[Any]:
    found: list[Any] = page.evaluate("ways()")
    return found


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_two_pages_that_may_use_only_the_relay_see_and_hear_each_other(
    browser: BrowserContext, site: str, place: Place, relay: Relay, transport: str
) -> None:
    one, two = (
        seated(browser, site, place, person, setup=through(relay, transport, person)) for person in ("one", "two")
    )
    for page in (one, two):
        decodes_more(page, 20)
        wait_for(lambda page=page: page.evaluate("incoming('audio')").get("packetsReceived", 0) > 50, "sound comes", 60)  # type: ignore[misc]
        for kind, spoken, carried in ways(page):
            assert (kind, spoken) == ("relay", transport)
            assert carried > 10_000


def test_without_the_right_secret_no_media_comes_through_the_relay(
    browser: BrowserContext, site: str, place: Place, relay: Relay
) -> None:
    """So that what the test above sees really came that way."""
    seated(browser, site, place, "one")
    two = seated(browser, site, place, "two", setup=through(relay, "udp", "two", "another-secret"), devices=False)
    wait_for(lambda: two.evaluate("assigned('camera')") == 1, "the other is assigned", 60)
    wait_for(lambda: two.evaluate("out.iceGatheringState") == "complete", "the relay refused", 60)
    assert two.evaluate("out.localDescription.sdp.includes('a=candidate')") is False
    assert two.evaluate("incoming('video')").get("framesDecoded", 0) == 0
