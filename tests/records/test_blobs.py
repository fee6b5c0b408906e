"""One promise, two stores: a folder, and a bucket on a real S3 protocol server."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.records.blobs import BlobStore, DiskBlobs
from teleconsult.records.s3 import S3Blobs


@pytest.fixture(params=["folder", "bucket"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    if request.param == "folder":
        return DiskBlobs(tmp_path / "blobs")
    found: S3Blobs = request.getfixturevalue("bucket")
    return found


def test_what_is_put_comes_back(blobs: BlobStore) -> None:
    blobs.put("derived/1/a.json", b"one")
    blobs.put("derived/1/a.json", b"two")
    assert blobs.read("derived/1/a.json") == b"two"
    assert blobs.size("derived/1/a.json") == 3
    found = blobs.path("derived/1/a.json")
    assert found is not None
    assert found.read_bytes() == b"two"


def test_what_another_machine_replaced_is_read_anew(bucket: S3Blobs, tmp_path: Path) -> None:
    other = S3Blobs(f"s3://images/alliance?endpoint={bucket._client.meta.endpoint_url}", tmp_path / "other")  # noqa: SLF001
    bucket.put("derived/1/manifest.json.gz", b"one")
    assert other.read("derived/1/manifest.json.gz") == b"one"
    bucket.put("derived/1/manifest.json.gz", b"two")
    assert other.read("derived/1/manifest.json.gz") == b"two"


def test_a_finished_file_is_taken_over_and_again_is_no_harm(blobs: BlobStore) -> None:
    file = blobs.staging() / "x"
    file.write_bytes(b"image")
    blobs.adopt(file, "dicom/ab/cd/abcd")
    assert not file.exists()
    blobs.adopt(file, "dicom/ab/cd/abcd")
    assert blobs.read("dicom/ab/cd/abcd") == b"image"


def test_what_is_not_there_is_absent(blobs: BlobStore) -> None:
    assert not blobs.exists("nothing")
    assert blobs.path("nothing") is None
    blobs.delete("nothing")
    for ask in (blobs.read, blobs.size):
        with pytest.raises(Refused) as refusal:
            ask("nothing")
        assert (refusal.value.meaning, refusal.value.code) == (Meaning.ABSENT, "blob.absent")


def test_what_lies_below_a_key_is_named_and_forgotten_together(blobs: BlobStore) -> None:
    for key in ("listed/1/7/thumbs/1.webp", "listed/1/7/x", "listed/1/12/x", "listed/1/y", "listed/10/7/x"):
        blobs.put(key, b"x")
    assert sorted(blobs.names("listed/1")) == ["12", "7", "y"]
    blobs.delete_below("listed/1/7")
    blobs.delete_below("listed/1/7")
    assert not blobs.exists("listed/1/7/thumbs/1.webp")
    assert sorted(blobs.names("listed/1")) == ["12", "y"]
    assert blobs.read("listed/10/7/x") == b"x"
    assert blobs.names("nothing") == []
    blobs.put("listed/1/7/x", b"again")
    assert blobs.read("listed/1/7/x") == b"again"


def test_what_is_set_aside_is_absent_and_overwrites_nothing(blobs: BlobStore) -> None:
    for content in (b"one", b"two", b"three"):
        blobs.put("dicom/aa/a.1.2", content)
        assert blobs.path("dicom/aa/a.1.2") is not None
        blobs.set_aside("dicom/aa/a.1.2")
        assert not blobs.exists("dicom/aa/a.1.2")
        assert blobs.path("dicom/aa/a.1.2") is None
    kept = [blobs.read(f"damaged/dicom/aa/a.1.2{more}") for more in ("", "~2", "~3")]
    assert kept == [b"one", b"two", b"three"]
    with pytest.raises(Refused, match=r"blob\.absent"):
        blobs.set_aside("dicom/aa/a.1.2")
    assert len(blobs.names("damaged/dicom/aa")) == 3


@pytest.mark.parametrize("key", ["../secret", "/etc/passwd", "a/../../b", "", "a//b", "."])
def test_no_key_leads_out_of_the_folder(key: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"blob\.key"):
        DiskBlobs(tmp_path / "blobs").put(key, b"x")


def test_a_quota_refuses_before_it_writes_and_recovers(tmp_path: Path) -> None:
    blobs = DiskBlobs(tmp_path / "blobs", quota=1000)
    blobs.put("a", b"x" * 800)
    with pytest.raises(Refused) as refusal:
        blobs.put("b", b"x" * 300)
    assert (refusal.value.meaning, refusal.value.code) == (Meaning.BUSY, "storage.full")
    assert not blobs.exists("b")
    blobs.delete("a")
    blobs.put("b", b"x" * 300)
    assert blobs.read("b") == b"x" * 300


def test_a_file_size_limit_leaves_nothing_half_there(tmp_path: Path) -> None:
    """The limit holds for a whole process, so a child writes."""
    script = (
        "import sys; from pathlib import Path; from teleconsult.records.blobs import DiskBlobs\n"
        "from teleconsult.kernel.errors import Refused\n"
        "blobs = DiskBlobs(Path(sys.argv[1]))\n"
        "try: blobs.put('big', b'x' * 100_000)\n"
        "except Refused as refusal: print(refusal.code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "blobs")],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)),
    )  # fmt: skip
    assert done.stdout.strip() == "storage.full"
    assert [name for _, _, names in os.walk(tmp_path / "blobs") for name in names] == []
