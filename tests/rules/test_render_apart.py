"""Pictures drawn in a child process: what hangs or crashes there is a reason here."""

from __future__ import annotations

import io
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from teleconsult.imaging.pixels_values import Undecodable
from teleconsult.imaging.render_apart import Look, RenderApart
from tests import synth

FAULTS = Path(__file__).resolve().parents[1] / "jobs" / "faults"
JPEGLS = "1.2.840.10008.1.2.4.80"


@pytest.fixture
def apart() -> Iterator[RenderApart]:
    with RenderApart() as made:
        yield made


def test_one_decoding_gives_every_look(apart: RenderApart, tmp_path: Path) -> None:
    path = synth.write(synth.a_dx(rows=300, columns=200), tmp_path)
    looks = [Look(64, 64, "webp"), Look(128, 128, "jpeg"), Look(0, 0, "png")]
    pictures = [Image.open(io.BytesIO(blob)) for blob in apart.frame(path, 0, looks)]
    assert [(p.format, p.size) for p in pictures] == [("WEBP", (43, 64)), ("JPEG", (85, 128)), ("PNG", (200, 300))]


@pytest.mark.parametrize("spacing", [[1.0, 1.0], [2.0, 1.0]])
def test_the_usual_preview_is_the_same_as_any_other_picture(
    apart: RenderApart, tmp_path: Path, spacing: list[float]
) -> None:
    ds = synth.ct_slice(rows=300, columns=200)
    ds.PixelSpacing = spacing
    path = synth.write(ds, tmp_path)
    wanted = Look(512, 640, "jpeg", 90)
    (alone,) = apart.frame(path, 0, [wanted])
    beside, _ = apart.frame(path, 0, [wanted, Look(64, 64)])
    first, second = (np.asarray(Image.open(io.BytesIO(each)), dtype=int) for each in (alone, beside))
    assert first.shape == second.shape == (300 * (2 if spacing[0] == 2 else 1), 200)
    assert np.array_equal(first, second)


def test_a_window_may_be_asked_for(apart: RenderApart, tmp_path: Path) -> None:
    path = synth.write(synth.ct_slice(), tmp_path)
    bright, dark = (
        np.asarray(Image.open(io.BytesIO(apart.frame(path, 0, [Look(format="png")], window=(c, 100.0, "linear"))[0])))
        for c in (-2000.0, 5000.0)
    )
    assert int(bright.min()) == 255
    assert int(dark.max()) == 0


def test_a_reason_comes_back_as_it_was_raised(apart: RenderApart, tmp_path: Path) -> None:
    path = synth.write(synth.a_us_cine(frames=2), tmp_path)
    with pytest.raises(Undecodable) as caught:
        apart.frame(path, 5, [Look(64, 64)])
    assert caught.value.code == "pixels.frame_absent"
    assert apart.frame(path, 1, [Look(64, 64)])
    with pytest.raises(Undecodable) as caught:
        apart.frame(tmp_path / "nothing", 0, [Look(64, 64)])
    assert caught.value.code == "pixels.file_absent"


@pytest.mark.parametrize(("fault", "code"), [("hang", "pixels.decoder_hung"), ("crash", "pixels.decoder_crashed")])
def test_a_decoder_that_does_not_come_back_is_given_up_and_the_next_picture_is_drawn(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: str, code: str
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(FAULTS))
    monkeypatch.setenv("FAULT", fault)
    fatal = synth.write(synth.ct_slice(), tmp_path / "fatal", transfer_syntax=JPEGLS)
    fine = synth.write(synth.ct_slice(), tmp_path / "fine")
    with RenderApart(seconds=3.0 if fault == "hang" else 120.0) as apart:
        with pytest.raises(Undecodable) as caught:
            apart.frame(fatal, 0, [Look(64, 64)])
        assert caught.value.code == code
        apart.seconds = 120.0
        assert apart.frame(fine, 0, [Look(64, 64)])


def test_the_time_of_a_picture_begins_when_its_child_is_ready(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine that is slow to start one must not call a sound picture fatal."""
    monkeypatch.setenv("PYTHONPATH", str(FAULTS))
    monkeypatch.setenv("FAULT", "slow_start")
    fine = synth.write(synth.ct_slice(), tmp_path)
    with RenderApart(seconds=1.0) as apart:
        begun = time.monotonic()
        assert apart.frame(fine, 0, [Look(64, 64)])
        assert time.monotonic() - begun > 5


def test_a_child_that_was_killed_is_replaced(apart: RenderApart, tmp_path: Path) -> None:
    path = synth.write(synth.ct_slice(), tmp_path)
    apart.warm()
    assert apart._child is not None  # noqa: SLF001
    os.kill(apart._child.pid, signal.SIGKILL)  # noqa: SLF001
    assert apart.frame(path, 0, [Look(64, 64)])


def test_a_picture_beyond_the_memory_limit_is_refused_and_the_child_lives(tmp_path: Path) -> None:
    path = synth.write(synth.ct_slice(rows=6000, columns=6000), tmp_path)
    with RenderApart(memory=1 << 28) as apart:
        with pytest.raises(Undecodable) as caught:
            apart.frame(path, 0, [Look(64, 64)])
        assert caught.value.code in {"pixels.too_large", "pixels.decoder_crashed", "pixels.corrupt"}
