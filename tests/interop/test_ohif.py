"""OHIF 3.13, as its makers build it, in Chromium on our DICOMweb: a CT, an ECG and an ultrasound. `make soak` only: it is fetched for it.

Its exact requests are replayed without it in `test_dicomweb_clients.py`.
"""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from flask import Response, send_from_directory
from PIL import Image
from playwright.sync_api import Page
from pydicom import Dataset
from pydicom.uid import JPEGBaseline8Bit, JPEGLSLossless

from tests import synth
from tests.journey.desk import a_browser
from tests.node.conftest import Browser
from tests.peers import Scanner, sent
from tools.says import BIN

pytestmark = [pytest.mark.soak, pytest.mark.needs_chromium, pytest.mark.timeout(0)]
OHIF = "@ohif/app@3.13.2"
PATIENCE = 180.0
CONFIG = """window.config = {
  routerBasename: '/', extensions: [], modes: [], showStudyList: true, maxNumberOfWebWorkers: 2,
  investigationalUseDialog: { option: 'never' }, defaultDataSourceName: 'ours',
  dataSources: [{
    namespace: '@ohif/extension-default.dataSourcesModule.dicomweb', sourceName: 'ours',
    configuration: {
      friendlyName: 'ours', name: 'ours', qidoRoot: '/dicom-web', wadoRoot: '/dicom-web', wadoUriRoot: '/dicom-web',
      qidoSupportsIncludeField: true, imageRendering: 'wadors', thumbnailRendering: 'thumbnail',
      enableStudyLazyLoad: true, supportsFuzzyMatching: true, supportsWildcard: true, staticWado: false,
      singlepart: 'bulkdata,video,pdf', omitQuotationForMultipartRequest: true,
      bulkDataURI: { enabled: true, relativeResolution: 'studies' },
    },
  }],
};
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The prebuilt application out of its npm package; nothing of it is kept."""
    folder = tmp_path_factory.mktemp("ohif")
    env = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(["npm", "pack", "--silent", OHIF], cwd=folder, env=env, check=True, stdin=subprocess.DEVNULL)
    (packed,) = folder.glob("*.tgz")
    with tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")
    dist = folder / "package" / "dist"
    (dist / "app-config.js").write_text(CONFIG)
    return dist


@pytest.fixture
def page(built: Path, browser: Browser, dicomweb: str) -> Iterator[Page]:
    """A page at the same origin as our DICOMweb, which it knows by `dicomweb`."""

    def file(name: str = "") -> Response:
        return send_from_directory(built, name if (built / name).is_file() else "index.html")

    # Added while the server is up already: Flask looks its rules up for each request.
    browser.app._got_first_request = False  # noqa: SLF001
    browser.app.add_url_rule("/", "ohif", file)
    browser.app.add_url_rule("/<path:name>", "ohif-file", file)
    with a_browser() as chromium:
        made = chromium.new_page(viewport={"width": 1366, "height": 768})
        made.set_default_timeout(PATIENCE * 1000)
        yield made


def opened(page: Page, dicomweb: str, ds: Dataset) -> list[str]:
    """Open the study; the answers of DICOMweb that were no success, as they come."""
    wrong: list[str] = []
    page.on(
        "response",
        lambda answer: wrong.append(f"{answer.status} {answer.url}") if _bad(answer.status, answer.url) else None,
    )
    page.goto(f"{dicomweb.removesuffix('/dicom-web')}/viewer?StudyInstanceUIDs={ds.StudyInstanceUID}")
    return wrong


def _bad(status: int, url: str) -> bool:
    return "/dicom-web/" in url and status >= 400


def drawn(page: Page, colours: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The first viewport when at least so many colours are on it."""
    pane = page.locator("[data-cy=viewport-pane]").first
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        skip = page.get_by_text("Skip all")
        if skip.count():
            skip.first.click()
        if pane.count():
            shot = np.asarray(Image.open(io.BytesIO(pane.screenshot())).convert("RGB"))
            middle = shot[shot.shape[0] // 4 : -shot.shape[0] // 4, shot.shape[1] // 4 : -shot.shape[1] // 4]
            if len(np.unique(middle.reshape(-1, 3), axis=0)) >= colours:
                return middle
        page.wait_for_timeout(500)
    raise AssertionError(f"nothing was drawn: {page.url}")


def test_a_ct_is_seen(page: Page, dicomweb: str, scanner: Scanner) -> None:
    series = synth.a_ct_series(5, WindowCenter="1000", WindowWidth="4000")
    scanner.send(*(sent(ds, JPEGLSLossless) for ds in series))
    with page.expect_response(lambda answer: "/frames/1" in answer.url) as frame:
        wrong = opened(page, dicomweb, series[0])
    assert frame.value.status == 200
    shot = drawn(page, 64).astype(int)
    assert np.abs(shot[..., 0] - shot[..., 2]).mean() < 3, "greys"
    assert wrong == []


def test_an_ecg_is_seen(page: Page, dicomweb: str, scanner: Scanner) -> None:
    ecg = synth.an_ecg(seconds=10.0)
    scanner.send(sent(ecg))
    with page.expect_response(lambda answer: "/bulkdata/" in answer.url) as samples:
        wrong = opened(page, dicomweb, ecg)
    assert samples.value.status == 200
    assert samples.value.body() == ecg.WaveformSequence[0].WaveformData
    drawn(page, 8)
    assert wrong == []


def test_an_ultrasound_is_seen(page: Page, dicomweb: str, scanner: Scanner) -> None:
    cine = synth.a_us_cine(frames=6, rows=240, columns=320)
    scanner.send(sent(cine, JPEGBaseline8Bit))
    with page.expect_response(lambda answer: "/frames/" in answer.url) as frame:
        wrong = opened(page, dicomweb, cine)
    assert frame.value.status == 200
    shot = drawn(page, 64).astype(int)
    assert np.abs(shot[..., 0] - shot[..., 2]).mean() > 10, "colours"
    assert wrong == []
