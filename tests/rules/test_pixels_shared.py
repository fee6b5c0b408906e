"""Real and made files beside the repository: every transfer syntax of one slice and of one cine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from teleconsult.imaging import codecs, pixels

pytestmark = [pytest.mark.needs_shared_data, pytest.mark.filterwarnings("ignore::UserWarning")]


def hounsfield(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    found = pixels.frame(path)
    values = found.pixels * float(found.header.RescaleSlope) + float(found.header.RescaleIntercept)
    return np.asarray(values, np.float64)


def test_one_ct_slice_is_the_same_in_every_lossless_syntax(shared_data: Path) -> None:
    folder = shared_data / "transfer_syntaxes" / "ct_mono"
    reference = hounsfield(folder / "1.2.840.10008.1.2.1_explicit_le.dcm")
    equal = []
    for path in sorted(folder.glob("*.dcm")):
        with pixels.reader(path) as found:
            syntax = found.found.transfer_syntax
        if syntax not in codecs.REMOTE and not path.name.endswith("jpeg_baseline.dcm"):  # that one is windowed
            difference = np.abs(hounsfield(path) - reference)
            assert difference.mean() < 25, path.name
            if syntax in codecs.LOSSLESS:
                assert difference.max() == 0, path.name
                equal.append(syntax)
    assert len(equal) >= 13


def test_a_slice_whose_pixels_are_elsewhere_says_so(shared_data: Path) -> None:
    (path,) = (shared_data / "transfer_syntaxes" / "ct_mono").glob("*4.94*")
    with pytest.raises(pixels.Undecodable) as caught:
        pixels.frame(path)
    assert caught.value.code == "pixels.remote"


def test_one_cine_has_the_same_colours_in_every_syntax(shared_data: Path) -> None:
    folder = shared_data / "transfer_syntaxes" / "us_rgb"
    reference = pixels.frame(folder / "explicit_le_planar0_2f.dcm", 1).pixels.astype(int)
    for path in sorted(folder.glob("*_2f.dcm")):
        found = pixels.frame(path, 1)
        assert found.photometric == "RGB"
        lossy = "jpeg_baseline" in path.name or "recompression" in path.name
        assert np.abs(found.pixels.astype(int) - reference).mean() <= (1.0 if lossy else 0), path.name


@pytest.mark.parametrize("index", [0, 7])
def test_frames_of_the_three_video_codecs(shared_data: Path, index: int) -> None:
    paths = sorted((shared_data / "transfer_syntaxes" / "us_rgb").glob("1.2.840*.dcm"))
    pictures = [pixels.frame(path, index).pixels.astype(int) for path in paths]
    assert [picture.shape for picture in pictures] == [(240, 320, 3)] * 3
    assert all(np.abs(picture - pictures[0]).mean() < 12 for picture in pictures)
    assert all(picture.std() > 5 for picture in pictures)


def test_every_file_gives_a_frame_or_a_known_reason(shared_data: Path) -> None:
    reasons = {reason(path) for path in sorted(shared_data.rglob("*.dcm"))}
    assert reasons <= {None, *pixels.CODES}
    assert reasons >= {None, "pixels.absent", "pixels.truncated", "pixels.remote"}


def reason(path: Path) -> str | None:
    try:
        with pixels.reader(path) as found:
            found.frame(found.count - 1 if found.count < 40 else 0)
    except pixels.Undecodable as error:
        return error.code
    return None
