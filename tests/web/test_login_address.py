"""Whose address a failed sign-in counts for: the line's other end, or what the trusted proxies say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from flask import Flask

from teleconsult.web.app import create
from tests.builders import Alliance
from tests.web.conftest import PASSWORD


@contextmanager
def a_web(alliance: Alliance, hops: int) -> Iterator[Flask]:
    settings = alliance.system.settings.with_(trusted_proxies=hops, login_failures_per_address=3)
    app = create(replace(alliance.system, settings=settings))
    yield app
    app.extensions["teleconsult.live"].close()


def code(app: Flask, login: str, password: str, said: str) -> str:
    answer = app.test_client().post(
        "/api/login", json={"login": login, "password": password}, headers={"X-Forwarded-For": said}
    )
    assert answer.json is not None
    return str(answer.json.get("code", ""))


def test_behind_a_trusted_proxy_each_hospital_counts_for_itself(alliance: Alliance) -> None:
    with a_web(alliance, hops=1) as app:
        for number in range(3):
            assert code(app, f"guess{number}", "wrong", "203.0.113.7") == "login.wrong"
        assert code(app, "reader", PASSWORD, "203.0.113.7") == "login.address_held"
        assert code(app, "reader", PASSWORD, "198.51.100.9") == ""


@pytest.mark.parametrize("hops", [0, 1])
def test_nobody_escapes_by_naming_another_address(alliance: Alliance, hops: int) -> None:
    """A proxy appends what it saw; what stands before that is the client's own word."""
    seen = "" if hops == 0 else ", 203.0.113.7"
    with a_web(alliance, hops) as app:
        for number in range(3):
            assert code(app, f"guess{number}", "wrong", f"10.0.0.{number}{seen}") == "login.wrong"
        assert code(app, "reader", PASSWORD, f"10.0.0.99{seen}") == "login.address_held"
