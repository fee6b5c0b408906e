"""What killed processes leave in staging goes; what is being written never does. A cache of a bucket stays below its bound."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from teleconsult.imaging.staging import stage_part10
from teleconsult.records import DiskBlobs
from teleconsult.records.s3 import S3Blobs
from teleconsult.records.staging import SAFE_AGE, BoundedCache, locked, sweep

ROOT = Path(__file__).parents[2]
LONG_AGO = SAFE_AGE + 60


def aged(path: Path, seconds: float) -> Path:
    at = time.time() - seconds
    os.utime(path, (at, at))
    return path


def test_leftovers_go_after_a_safe_age_and_strangers_stay(tmp_path: Path) -> None:
    for name in ("upload-1.part", "put-1", "read-1", "store-1.part", "upload-2.part", "notes.txt", "trail-a-1.json"):
        (tmp_path / name).write_bytes(b"x")
        aged(tmp_path / name, 0 if name == "upload-2.part" else LONG_AGO)
    assert sweep(tmp_path) == 4
    assert {path.name for path in tmp_path.iterdir()} == {"upload-2.part", "notes.txt", "trail-a-1.json"}
    aged(tmp_path / "trail-a-1.json", 8 * 86400)
    assert sweep(tmp_path) == 1


def test_an_upload_under_way_is_never_removed_however_slow_it_is(tmp_path: Path) -> None:
    blobs = DiskBlobs(tmp_path)

    def slow() -> Iterator[bytes]:
        yield b"first"
        (part,) = blobs.staging().glob("upload-*")
        aged(part, 10 * SAFE_AGE)
        assert sweep(blobs.staging()) == 0
        yield b" second"

    assert stage_part10(blobs, slow()).path.read_bytes() == b"first second"


def test_what_a_killed_process_was_writing_is_removed_by_the_next_that_writes(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path; from teleconsult.records.blobs import DiskBlobs\n"
        "from teleconsult.imaging.staging import stage_part10\n"
        "def dies():\n"
        "    yield b'x' * 1000\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "stage_part10(DiskBlobs(Path(sys.argv[1])), dies())\n"
    )
    died = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False, cwd=ROOT)
    assert died.returncode == -signal.SIGKILL
    (left,) = (tmp_path / "staging").iterdir()
    aged(left, LONG_AGO)
    DiskBlobs(tmp_path).put("a", b"b")
    assert list((tmp_path / "staging").iterdir()) == []


def test_a_lock_holds_against_the_sweep_until_it_is_let_go(tmp_path: Path) -> None:
    path = tmp_path / "put-1"
    with locked(path):
        aged(path, LONG_AGO)
        assert sweep(tmp_path) == 0
    assert sweep(tmp_path) == 1


def test_a_cache_forgets_what_was_used_longest_ago(tmp_path: Path) -> None:
    cache = BoundedCache(tmp_path, 1000)
    for number in range(5):
        (tmp_path / f"{number}").write_bytes(b"x" * 300)
        aged(tmp_path / f"{number}", 1000 - number)
    cache.used(tmp_path / "0")
    cache.added(300)
    assert {path.name for path in tmp_path.iterdir()} == {"0", "3", "4"}


def test_a_cache_keeps_what_is_in_use_even_beyond_its_bound(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}").write_bytes(b"x" * 300)
    BoundedCache(tmp_path, 10).added(300)
    assert len(list(tmp_path.iterdir())) == 5


def test_the_cache_of_a_bucket_stays_below_its_bound_and_everything_can_be_read_again(
    bucket: S3Blobs,
    tmp_path: Path,
) -> None:
    small = S3Blobs(f"s3://images/alliance?endpoint={bucket._client.meta.endpoint_url}", tmp_path / "small", 2500)  # noqa: SLF001
    for number in range(6):
        bucket.put(f"dicom/{number}", bytes([number]) * 1000)
    for number in range(6):
        with small.open(f"dicom/{number}") as source:
            assert source.read() == bytes([number]) * 1000
        for path in (tmp_path / "small" / "cache").iterdir():
            aged(path, 120)
    with small.open("dicom/5"):
        assert sum(path.stat().st_size for path in (tmp_path / "small" / "cache").iterdir()) <= 3000
    with small.open("dicom/0") as source:
        assert source.read() == b"\0" * 1000
