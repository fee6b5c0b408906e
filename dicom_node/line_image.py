"""The test image of a line check: plainly made up, with bars, a wedge and the word TEST, for no patient that there is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset

from teleconsult.imaging.line_check import uid_of
from teleconsult.kernel.values import sha256_hex
from teleconsult.reporting.dicom_report import ReportObject

SECONDARY_CAPTURE: Final = "1.2.840.10008.5.1.4.1.1.7"
_ROWS, _COLUMNS, _HOW_MANY = 1024, 1024, 2
_LETTERS: Final = {
    "T": ("11111", "00100", "00100", "00100", "00100", "00100", "00100"),
    "E": ("11111", "10000", "10000", "11110", "10000", "10000", "11111"),
    "S": ("01111", "10000", "10000", "01110", "00001", "00001", "11110"),
}


@dataclass(frozen=True, slots=True)
class MadeStudy:
    """What is sent, and the digest of each data set by its UID."""

    study_uid: str
    objects: tuple[ReportObject, ...]

    @property
    def digests(self) -> dict[str, str]:
        return {each.sop_uid: sha256_hex(each.data_set) for each in self.objects}

    @property
    def size(self) -> int:
        return sum(len(each.data_set) for each in self.objects)


def made_study(check_id: str, at: datetime) -> MadeStudy:
    """Two pictures of a megabyte each; the same bytes for the same check."""
    study = uid_of(check_id, 1)
    made = [_one(check_id, study, number, at) for number in range(1, _HOW_MANY + 1)]
    return MadeStudy(study, tuple(made))


def _one(check_id: str, study: str, number: int, at: datetime) -> ReportObject:
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.SOPClassUID, ds.SOPInstanceUID = SECONDARY_CAPTURE, uid_of(check_id, 1, 1, number)
    ds.StudyInstanceUID, ds.SeriesInstanceUID = study, uid_of(check_id, 1, 1)
    ds.StudyDate = ds.ContentDate = at.strftime("%Y%m%d")
    ds.StudyTime = ds.ContentTime = at.strftime("%H%M%S")
    ds.AccessionNumber, ds.Modality, ds.ConversionType = "", "OT", "SYN"
    ds.StudyDescription, ds.SeriesDescription = "LINE TEST 线路检测", "TEST 测试图像"
    ds.PatientName, ds.PatientID = "TEST^LINE=测试^线路检测", "LINE-TEST"
    ds.PatientBirthDate, ds.PatientSex, ds.ReferringPhysicianName, ds.StudyID = "", "O", "", "LINE-TEST"
    ds.PatientComments = "测试图像，无患者，可删除"
    ds.SeriesNumber, ds.InstanceNumber = 1, number
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns = _ROWS, _COLUMNS
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit, ds.PixelRepresentation = 7, 0
    ds.PixelData = _pixels(number).tobytes()
    return ReportObject(SECONDARY_CAPTURE, str(ds.SOPInstanceUID), _encoded(ds))


def _encoded(ds: Dataset) -> bytes:
    out = DicomBytesIO()
    out.is_little_endian, out.is_implicit_VR = True, False
    write_dataset(out, ds)
    return bytes(out.getvalue())


def _pixels(number: int) -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    """Noise that no line compresses below a wedge and bars that any eye knows for a test."""
    noise = np.random.default_rng(number).integers(0, 64, (_ROWS, _COLUMNS), dtype=np.uint8)
    wedge = np.linspace(0, 191, _COLUMNS, dtype=np.uint8)[np.newaxis, :]
    picture = noise + wedge
    picture[:96] = np.repeat(np.arange(0, 256, 32, dtype=np.uint8), _COLUMNS // 8)[np.newaxis, :]
    for place, letter in enumerate("TEST"):
        shape = np.array([[int(dot) for dot in line] for line in _LETTERS[letter]], dtype=bool)
        big = np.kron(shape, np.ones((32, 32), dtype=bool))
        top, left = 400, 120 + place * 200
        picture[top : top + big.shape[0], left : left + big.shape[1]][big] = 255
    return picture
