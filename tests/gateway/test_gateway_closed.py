"""A county's images on the gateway's disk are for its own account alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.children import wait_for
from tests.gateway.conftest import Centre, Gateway
from tests.gateway.test_gateway import a_study, objects

pytestmark = pytest.mark.timeout(300)


def test_what_waits_at_a_gateway_may_be_read_by_no_other_account(centre: Centre, tmp_path: Path) -> None:
    centre.kill()
    home = tmp_path / "gateway"
    before = os.umask(0)
    try:
        home.mkdir()
        gateway = Gateway(home, centre.port, centre.token("SCANNER_A"))
        gateway.start()
        try:
            assert gateway.scanner().send(*objects(a_study(2))) == [0, 0]
            wait_for((home / "studies.json").exists, "it has noted whose study waits")
            found = {path: path.lstat().st_mode for path in (home, *home.rglob("*"))}
        finally:
            gateway.stop()
    finally:
        os.umask(before)
    assert {path.name for path in found} >= {"waiting", "incoming", "studies.json"}
    assert {str(path): oct(mode & 0o777) for path, mode in found.items() if mode & 0o077} == {}
    assert "was open to other accounts" in (tmp_path / "gateway.log").read_text()
