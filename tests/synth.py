"""Small synthetic DICOM objects with known pixels, for every test.

All people and hospitals are plainly made up. Objects are plain pydicom data sets without file meta; `as_bytes` and
`write` make Part 10 files of them in a chosen transfer syntax, `dataset_bytes` the bare data set as C-STORE carries it.

Known pixels: the stored value of a grey object at (frame f, row r, column c) is `grey_value(f, r, c)`; CT slice n uses
f = n - 1 (instance numbers start at 1), with rescale intercept -1024. Colour cine pixels are `colour_value(f, r, c)`.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
from imagecodecs import jpeg2k_encode, jpeg8_encode, jpegls_encode, ljpeg_encode
from pydicom import Dataset, dcmwrite
from pydicom.dataelem import RawDataElement
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.pixels.encoders.base import RLELosslessEncoder
from pydicom.tag import Tag
from pydicom.uid import (
    UID,
    generate_uid,
)
from pydicom.uid import (
    ExplicitVRLittleEndian as ExplicitVRLittleEndian,
)
from pydicom.uid import (
    JPEG2000Lossless as JPEG2000Lossless,
)
from pydicom.uid import (
    JPEGBaseline8Bit as JPEGBaseline8Bit,
)
from pydicom.uid import (
    JPEGLosslessSV1 as JPEGLosslessSV1,
)
from pydicom.uid import (
    JPEGLSLossless as JPEGLSLossless,
)
from pydicom.uid import (
    RLELossless as RLELossless,
)

CT = "1.2.840.10008.5.1.4.1.1.2"
DX = "1.2.840.10008.5.1.4.1.1.1.1"
MR = "1.2.840.10008.5.1.4.1.1.4"
US_CINE = "1.2.840.10008.5.1.4.1.1.3.1"
ECG = "1.2.840.10008.5.1.4.1.1.9.1.1"
PDF = "1.2.840.10008.5.1.4.1.1.104.1"
HOSPITAL = "示例一县医院"
UTF8, GB18030, LATIN1 = "ISO_IR 192", "GB18030", "ISO_IR 100"
LEADS = {"I": 1, "II": 2, "III": 61, "aVR": 62, "aVL": 63, "aVF": 64}  # MDC codes 2:n (PS3.16 CID 3001)
LEADS |= {f"V{k}": k + 2 for k in range(1, 7)}


def grey_value(frame: int, row: int, column: int) -> int:
    """The stored value of a grey test pixel, 0..4095: a diagonal ramp that moves with the frame."""
    return (64 * frame + 16 * row + 8 * column) % 4096


def colour_value(frame: int, row: int, column: int) -> tuple[int, int, int]:
    """The RGB value of a cine test pixel."""
    return (4 * row + 8 * frame) % 256, (4 * column) % 256, (32 * frame) % 256


def _grey(frame: int, rows: int, columns: int) -> np.ndarray[Any, Any]:
    r, c = np.mgrid[0:rows, 0:columns]
    ramp: np.ndarray[Any, Any] = (64 * frame + 16 * r + 8 * c) % 4096
    return ramp.astype("<u2")


def _colour(frame: int, rows: int, columns: int) -> np.ndarray[Any, Any]:
    r, c = np.mgrid[0:rows, 0:columns]
    planes = ((4 * r + 8 * frame) % 256, (4 * c) % 256, np.full_like(r, (32 * frame) % 256))
    return np.stack(planes, axis=-1).astype("u1")


def _person(
    ds: Dataset,
    *,
    patient_name: str,
    patient_id: str,
    charset: str | list[str] | None,
    charset_declared: Any,
    name_bytes: bytes | None,
) -> None:
    declared = charset if charset_declared is ... else charset_declared
    if declared is not None:
        ds.SpecificCharacterSet = declared
    ds.PatientName = patient_name
    ds.PatientID = patient_id
    if name_bytes is None and charset_declared is not ...:
        name_bytes = patient_name.encode({UTF8: "utf-8", GB18030: "gb18030"}.get(str(charset), str(charset)))
    if name_bytes is not None:
        put_raw(ds, "PatientName", "PN", name_bytes)


def put_raw(ds: Dataset, keyword: str, vr: str, value: bytes) -> None:
    """Set an element to exactly these bytes, whatever the declared character set says (an even length is made)."""
    padded = value + b" " * (len(value) % 2)
    tag = Tag(keyword)
    ds[tag] = RawDataElement(tag, vr, len(padded), padded, 0, False, True)


def an_object(
    sop_class: str,
    modality: str,
    *,
    patient_name: str = "测试甲",
    patient_id: str = "T0001",
    charset: str | list[str] | None = UTF8,
    charset_declared: Any = ...,
    name_bytes: bytes | None = None,
    study_uid: str | None = None,
    series_uid: str | None = None,
    sop_uid: str | None = None,
    number: int = 1,
    **elements: Any,
) -> Dataset:
    """A composite object without pixels.

    `charset` is how the name is written. `charset_declared`, when given, is what (0008,0005) claims instead (None: the
    element is absent); `name_bytes` sets the name to these very bytes. Other keywords set elements by DICOM keyword; a
    keyword set to None removes the element.
    """
    ds = Dataset()
    _person(
        ds,
        patient_name=patient_name,
        patient_id=patient_id,
        charset=charset,
        charset_declared=charset_declared,
        name_bytes=name_bytes,
    )
    ds.SOPClassUID, ds.SOPInstanceUID = sop_class, sop_uid or generate_uid()
    ds.StudyInstanceUID, ds.SeriesInstanceUID = study_uid or generate_uid(), series_uid or generate_uid()
    ds.Modality, ds.SeriesNumber, ds.InstanceNumber = modality, "1", str(number)
    ds.StudyID, ds.AccessionNumber = "S1", "A0001"
    ds.StudyDate, ds.StudyTime, ds.PatientSex, ds.PatientBirthDate = "20260102", "081500", "M", "19600301"
    ds.StudyDescription, ds.SeriesDescription = "Chest", "Test series"
    ds.BodyPartExamined = "CHEST"
    for keyword, value in elements.items():
        if value is None:
            if keyword in ds:
                delattr(ds, keyword)
        else:
            setattr(ds, keyword, value)
    return ds


def _with_pixels(ds: Dataset, pixels: np.ndarray[Any, Any], *, frames: int = 1, rgb: bool = False) -> Dataset:
    ds.SamplesPerPixel, ds.PhotometricInterpretation = (3, "RGB") if rgb else (1, "MONOCHROME2")
    ds.Rows, ds.Columns = pixels.shape[-3:-1] if rgb else pixels.shape[-2:]
    if rgb:
        ds.PlanarConfiguration = 0
    if frames > 1:
        ds.NumberOfFrames = frames
    bits = 8 if rgb else 12
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 8 if rgb else 16, bits, bits - 1, 0
    raw = pixels.tobytes()
    ds.PixelData = raw + b"\0" * (len(raw) % 2)
    ds["PixelData"].VR = "OB" if rgb else "OW"
    return ds


def ct_slice(number: int = 1, *, rows: int = 64, columns: int = 64, spacing: float = 5.0, **options: Any) -> Dataset:
    """One axial CT slice; slice `number` n lies at z = (n - 1) * spacing mm and holds grey_value(n - 1, r, c)."""
    ds = an_object(CT, "CT", number=number, **options)
    ds.FrameOfReferenceUID = generate_uid(entropy_srcs=[ds.SeriesInstanceUID])
    ds.ImagePositionPatient = [0.0, 0.0, (number - 1) * spacing]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.PixelSpacing, ds.SliceThickness = [0.7, 0.7], str(spacing)
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = "-1024", "1", "HU"
    ds.WindowCenter, ds.WindowWidth = "40", "400"
    return _with_pixels(ds, _grey(number - 1, rows, columns))


def a_ct_series(
    slices: int = 5, *, study_uid: str | None = None, series_uid: str | None = None, **options: Any
) -> list[Dataset]:
    """`slices` CT slices of one series, in order; further options as `ct_slice` and `an_object`."""
    study, series = study_uid or generate_uid(), series_uid or generate_uid()
    return [ct_slice(n, study_uid=study, series_uid=series, **options) for n in range(1, slices + 1)]


def a_dx(*, rows: int = 80, columns: int = 64, photometric: str = "MONOCHROME2", **options: Any) -> Dataset:
    """One digital X-ray, 12 bits stored; `photometric` may be MONOCHROME1."""
    ds = _with_pixels(an_object(DX, "DX", **options), _grey(0, rows, columns))
    ds.PhotometricInterpretation = photometric
    ds.PresentationIntentType, ds.ViewPosition, ds.ImagerPixelSpacing = "FOR PRESENTATION", "PA", [0.2, 0.2]
    ds.WindowCenter, ds.WindowWidth = "2048", "4096"
    return ds


def an_mr(number: int = 1, *, rows: int = 64, columns: int = 64, **options: Any) -> Dataset:
    """One MR slice without a window in its header."""
    ds = _with_pixels(an_object(MR, "MR", number=number, **options), _grey(number - 1, rows, columns))
    ds.ImagePositionPatient, ds.ImageOrientationPatient = [0.0, 0.0, 4.0 * (number - 1)], [1, 0, 0, 0, 1, 0]
    ds.PixelSpacing, ds.SliceThickness = [0.9, 0.9], "4"
    return ds


def a_us_cine(*, frames: int = 6, rows: int = 48, columns: int = 64, **options: Any) -> Dataset:
    """A colour ultrasound cine, RGB 8 bits, 20 frames a second."""
    pixels = np.stack([_colour(f, rows, columns) for f in range(frames)])
    ds = _with_pixels(an_object(US_CINE, "US", **options), pixels, frames=frames, rgb=True)
    ds.FrameTime, ds.FrameIncrementPointer = "50", Tag("FrameTime")
    return ds


us_cine, dx = a_us_cine, a_dx


def an_ecg(*, seconds: float = 2.0, hertz: int = 500, **options: Any) -> Dataset:
    """A 12-lead ECG: lead k (0..11) holds a sine of (k + 1) * 100 µV at 1 Hz, 1 µV per unit."""
    ds = an_object(ECG, "ECG", **options)
    time = np.arange(round(seconds * hertz)) / hertz
    samples = np.stack([100 * (k + 1) * np.sin(2 * np.pi * time) for k in range(12)], axis=1).round().astype("<i2")
    group = Dataset()
    group.WaveformOriginality, group.NumberOfWaveformChannels = "ORIGINAL", 12
    group.NumberOfWaveformSamples, group.SamplingFrequency = len(time), str(hertz)
    group.ChannelDefinitionSequence = [_channel(lead, code) for lead, code in LEADS.items()]
    group.WaveformBitsAllocated, group.WaveformSampleInterpretation = 16, "SS"
    group.WaveformData = samples.tobytes()
    ds.WaveformSequence = [group]
    ds.AcquisitionDateTime = "20260102081500"
    return ds


def _channel(lead: str, code: int) -> Dataset:
    source, unit, channel = Dataset(), Dataset(), Dataset()
    source.CodeValue, source.CodingSchemeDesignator, source.CodeMeaning = f"2:{code}", "MDC", f"Lead {lead}"
    unit.CodeValue, unit.CodingSchemeDesignator, unit.CodeMeaning = "uV", "UCUM", "microvolt"
    channel.ChannelSourceSequence, channel.ChannelSensitivityUnitsSequence = [source], [unit]
    channel.ChannelSensitivity, channel.ChannelSensitivityCorrectionFactor = "1", "1"
    channel.ChannelBaseline, channel.ChannelTimeSkew, channel.WaveformBitsStored = "0", "0", 16
    return channel


def a_pdf(text: str = "Test report") -> bytes:
    """A one-page PDF with this ASCII text."""
    stream = f"BT /F1 18 Tf 72 720 Td ({text}) Tj ET".encode("ascii")
    font = b"<< /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font " + font,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    )
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1) + table + end


def an_encapsulated_pdf(*, pdf: bytes | None = None, **options: Any) -> Dataset:
    """An Encapsulated PDF object; the document's true length is in (0042,0015)."""
    ds = an_object(PDF, "DOC", **options)
    document = pdf or a_pdf()
    ds.DocumentTitle, ds.MIMETypeOfEncapsulatedDocument = "Test report", "application/pdf"
    ds.BurnedInAnnotation, ds.ConceptNameCodeSequence = "YES", []
    ds.EncapsulatedDocument = document + b"\0" * (len(document) % 2)
    ds.EncapsulatedDocumentLength = len(document)
    return ds


_ENCODERS: Mapping[str, Callable[[np.ndarray[Any, Any]], bytes]] = {
    JPEGBaseline8Bit: lambda a: bytes(jpeg8_encode(a, level=95)),
    JPEGLosslessSV1: lambda a: bytes(ljpeg_encode(a, bitspersample=12)),
    JPEGLSLossless: lambda a: bytes(jpegls_encode(a)),
    JPEG2000Lossless: lambda a: bytes(jpeg2k_encode(a, level=0, codecformat="j2k", mct=False, reversible=True)),
}


def _frames(ds: Dataset) -> list[np.ndarray[Any, Any]]:
    shape = (int(ds.get("NumberOfFrames", 1)), ds.Rows, ds.Columns, ds.SamplesPerPixel)
    kind = "<u2" if ds.BitsAllocated == 16 else "u1"
    pixels = np.frombuffer(ds.PixelData, kind, count=int(np.prod(shape))).reshape(shape)
    return [frame[..., 0] if shape[3] == 1 else frame for frame in pixels]


def _compressed(ds: Dataset, syntax: UID) -> Dataset:
    out = Dataset(ds)
    if syntax == RLELossless:
        fixed = {"rows": ds.Rows, "columns": ds.Columns, "samples_per_pixel": ds.SamplesPerPixel}
        fixed |= {"bits_allocated": ds.BitsAllocated, "bits_stored": ds.BitsStored, "pixel_representation": 0}
        fixed |= {"photometric_interpretation": ds.PhotometricInterpretation, "number_of_frames": 1}
        encoder = RLELosslessEncoder
        parts = [encoder.encode(f, encoding_plugin="pydicom", planar_configuration=0, **fixed) for f in _frames(ds)]
    else:
        parts = [_ENCODERS[syntax](np.ascontiguousarray(f)) for f in _frames(ds)]
    out.PixelData = encapsulate(parts)
    out["PixelData"].VR, out["PixelData"].is_undefined_length = "OB", True
    if syntax == JPEGBaseline8Bit and ds.SamplesPerPixel == 3:
        out.PhotometricInterpretation = "YBR_FULL_422"
    return out


def as_bytes(ds: Dataset, transfer_syntax: str = ExplicitVRLittleEndian) -> bytes:
    """A Part 10 file of the object; compresses into RLE, JPEG Baseline (8 bits), JPEG Lossless (grey), JPEG-LS, J2K."""
    syntax, ds = UID(transfer_syntax), deepcopy(ds)  # an element is shared by every Dataset made of another
    if syntax.is_compressed and not syntax.is_deflated and "PixelData" in ds:
        ds = _compressed(ds, syntax)
    elif not syntax.is_little_endian:
        ds = _swapped(ds)
    copy = Dataset(ds)
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = syntax
    meta.MediaStorageSOPClassUID = ds.get("SOPClassUID", CT)
    meta.MediaStorageSOPInstanceUID = ds.get("SOPInstanceUID", generate_uid())
    copy.file_meta, copy.preamble = meta, b"\0" * 128
    out = io.BytesIO()
    dcmwrite(out, copy, enforce_file_format=True)
    return out.getvalue()


def _swapped(ds: Dataset) -> Dataset:
    if "PixelData" not in ds or ds.BitsAllocated != 16:
        return ds
    out = Dataset(ds)
    out.PixelData = np.frombuffer(ds.PixelData, "<u2").byteswap().tobytes()
    out["PixelData"].VR = "OW"
    return out


def dataset_bytes(ds: Dataset, transfer_syntax: str = ExplicitVRLittleEndian) -> bytes:
    """The bare data set, without preamble and file meta: what C-STORE carries."""
    return bare(as_bytes(ds, transfer_syntax))


def bare(part10: bytes) -> bytes:
    """A Part 10 file without its preamble and file meta (group 0002 length is required, PS3.10 7.1)."""
    if part10[128:132] != b"DICM" or part10[132:140] != b"\x02\x00\x00\x00UL\x04\x00":
        raise ValueError("not a Part 10 file with a group length")
    return part10[144 + struct.unpack_from("<L", part10, 140)[0] :]


def write(ds: Dataset, folder: Path, *, name: str | None = None, transfer_syntax: str = ExplicitVRLittleEndian) -> Path:
    """Write the object as a Part 10 file below `folder` (made when missing) and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (name or f"{ds.get('SOPInstanceUID', generate_uid())}.dcm")
    path.write_bytes(as_bytes(ds, transfer_syntax))
    return path
