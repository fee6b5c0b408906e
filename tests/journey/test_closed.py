"""A running platform, looked at by another account of the same machine: there is nothing that it may read."""

from __future__ import annotations

import os
from pathlib import Path

from tests import synth
from tests.children import wait_for
from tests.journey.platform import running, settle_alliance
from tests.peers import sent


def test_no_file_or_folder_of_a_running_platform_may_be_read_by_other_accounts(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with running(tmp_path / "home", tmp_path / "log") as platform:
            settle_alliance(platform.home)
            assert platform.scanner().send(sent(synth.ct_slice(1))) == [0]
            blobs = platform.home / "blobs"
            wait_for(lambda: any((blobs / "derived").rglob("*")), "a study is prepared, by all processes")
            assert any((blobs / "dicom").rglob("*.*"))
            found = {path: path.lstat().st_mode for path in (platform.home, *platform.home.rglob("*")) if path.exists()}
    finally:
        os.umask(before)
    assert {str(path): oct(mode & 0o777) for path, mode in found.items() if mode & 0o077} == {}
