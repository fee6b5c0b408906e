"""A gateway whose disk has no byte left, not even of its reserve: it starts, sends, and answers its modalities in words."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from dicom_node.gateway.config import FILE, load
from tests.children import wait_for
from tests.gateway.conftest import Centre, Gateway
from tests.gateway.test_gateway import a_study, objects, uids
from tests.needs import mounting
from tests.peers import sent, store, store_in_part

pytestmark = [pytest.mark.timeout(300), pytest.mark.needs_mount]
LINK = "http://127.0.0.1:1/#gateway=tcp_x"


class SmallDisk:
    """A file system of 8 MB in a namespace of its own, which lives as long as a process; nothing has to be unmounted."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        mount = f"mount -t tmpfs -o size=8m tmpfs '{folder}' && echo ready && exec cat"
        self._keeper = subprocess.Popen(
            [*(mounting() or ()), "sh", "-c", mount],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._keeper.stdout is not None
        assert self._keeper.stdout.readline() == "ready\n"
        self.path = Path(f"/proc/{self._keeper.pid}/root{folder}")

    def fill(self) -> None:
        """Somebody else's file takes every byte that is left."""
        rubbish = self.path / "rubbish"
        with rubbish.open("ab", buffering=0) as out, suppress(OSError):
            while out.write(bytes(4096)):
                pass

    def give_back(self, size: int) -> None:
        rubbish = self.path / "rubbish"
        os.truncate(rubbish, rubbish.stat().st_size - size)

    def close(self) -> None:
        self._keeper.communicate()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    disk = SmallDisk(tmp_path / "disk")
    yield disk
    disk.close()


@pytest.fixture
def tight(centre: Centre, disk: SmallDisk, tmp_path: Path) -> Iterator[Gateway]:
    """A gateway on the small disk, with no reserve; it runs, and the centre is away."""
    centre.kill()
    gateway = Gateway(disk.path / "gateway", centre.port, centre.token("SCANNER_A"), **{"reserve-bytes": "0"})
    gateway.log = tmp_path / "gateway.log"
    gateway.start()
    yield gateway
    gateway.stop()


@pytest.mark.parametrize("changed", [{}, {"quiet-seconds": "7"}], ids=["as before", "with another option"])
def test_after_a_power_loss_it_starts_on_a_full_disk_and_sends_what_waits(
    centre: Centre, disk: SmallDisk, tight: Gateway, changed: dict[str, str]
) -> None:
    study = a_study(4)
    assert tight.scanner().send(*objects(study)) == [0] * 4
    tight.kill()
    (tight.home / "gateway.new").touch()  # of an older gateway that did not start
    disk.fill()
    tight.change(**changed)
    tight.start()
    assert tight.state()["waiting"] == 4
    assert "磁盘已满" in tight.shown()
    said = tight.log.read_text()
    assert "Traceback" not in said
    assert said.count("are not kept") == len(changed)
    assert list(tight.home.glob("*.new")) == []
    centre.start()
    tight.empty()
    assert centre.has() == uids(study)


def test_with_no_byte_left_a_modality_is_answered_and_its_association_stays(
    centre: Centre, disk: SmallDisk, tight: Gateway
) -> None:
    study, large = a_study(4), a_study(1, size=1000)
    with tight.scanner().associated(objects(study)) as association:
        assert store(association, sent(study[0])).Status == 0
        disk.fill()
        assert [store(association, sent(each)).Status for each in study[1:3]] == [0xA700, 0xA700]
        assert "磁盘已满" in tight.shown()
        disk.give_back(400_000)
        wait_for(lambda: store(association, sent(study[1])).Status == 0, "there is room again", 10)
        assert store(association, sent(large[0])).Status == 0xA700, "its end found no room"
        assert store(association, sent(study[2])).Status == 0
        assert association.is_established
    assert list((tight.home / "incoming").iterdir()) == []
    said = tight.log.read_text()
    assert "Traceback" not in said
    assert "Exception in thread" not in said
    centre.start()
    tight.empty()
    assert centre.has() == uids(study[:3])


def test_what_a_modality_breaks_off_leaves_nothing_behind(gateway: Gateway) -> None:
    incoming = gateway.home / "incoming"
    (item,) = objects(a_study(1, size=1000))
    association = gateway.scanner().request([item])
    store_in_part(association, item)
    wait_for(lambda: list(incoming.iterdir()), "it is on its way")
    association.abort()
    wait_for(lambda: not list(incoming.iterdir()), "its half is gone")


def test_settings_that_have_not_changed_are_not_written(tmp_path: Path) -> None:
    load(tmp_path, setup=LINK, limits=("08:00-18:00=800",))
    before = (tmp_path / FILE).stat().st_ino
    assert load(tmp_path, setup=LINK, limits=("08:00-18:00=800",)).limits == ("08:00-18:00=800",)
    assert (tmp_path / FILE).stat().st_ino == before
    assert load(tmp_path, dicom_port=104).dicom_port == 104
    assert load(tmp_path).dicom_port == 104
    assert (tmp_path / FILE).stat().st_ino != before
