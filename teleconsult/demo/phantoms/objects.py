"""The phantoms as DICOM objects: pixels, geometry and technique, but nobody's name yet.

Each function gives the objects of one study without patient, study and series identity; `teleconsult.demo.identity`
adds those. Volumes are kept as files in `cache`, so that they are made once for a home.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import numpy as np
from PIL import Image
from pydicom import Dataset
from pydicom.encaps import encapsulate
from pydicom.tag import Tag
from pydicom.uid import UID, ExplicitVRLittleEndian, JPEGBaseline8Bit

from teleconsult.demo.phantoms import brain, echo, heartbeat, xray
from teleconsult.demo.phantoms.chest import Extent, chest_volume
from teleconsult.demo.phantoms.shapes import Field

CT, DX, MR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.1.1", "1.2.840.10008.5.1.4.1.1.4"
US_CINE, ECG = "1.2.840.10008.5.1.4.1.1.3.1", "1.2.840.10008.5.1.4.1.1.9.1.1"
SHAKE = 30
"""By how many pixels a patient moves who does not stand still."""
RECIPE = 1
"""Raised whenever the phantoms change, so that kept volumes are made anew."""


def _kept(cache: Path | None, name: str, make: Callable[[], Field]) -> Field:
    """The array kept under this name, made when it is missing; a half-written file is never left behind."""
    if cache is None:
        return make()
    path = cache / f"{name}-{RECIPE}.npy"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("wb") as out:
            np.save(out, make())
        part.replace(path)
    return np.asarray(np.load(path))


def _object(sop_class: str, modality: str, number: int, syntax: str = ExplicitVRLittleEndian) -> Dataset:
    ds = Dataset()
    ds.ensure_file_meta()
    ds.file_meta.TransferSyntaxUID = UID(syntax)
    ds.SOPClassUID, ds.Modality, ds.InstanceNumber = sop_class, modality, str(number)
    ds.Manufacturer, ds.ManufacturerModelName = "Teleconsult", "Phantom"
    return ds


def _grey(ds: Dataset, pixels: Field, bits: int = 12, photometric: str = "MONOCHROME2") -> None:
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, photometric
    ds.Rows, ds.Columns = pixels.shape
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, bits, bits - 1, 0
    ds.PixelData = pixels.astype("<u2").tobytes()
    ds["PixelData"].VR = "OW"


def chest_ct(cache: Path | None = None, extent: Extent | None = None, seed: int = 7) -> list[Dataset]:
    """The chest CT, head to feet; its header offers a lung and a mediastinal window."""
    where = extent or Extent()
    name = f"chest-{seed}-{'x'.join(map(str, where.shape))}"
    volume = _kept(cache, name, lambda: chest_volume(where, seed))
    z0, y0, x0 = where.sampling.origin
    slices = []
    for index, hu in enumerate(volume):
        ds = _object(CT, "CT", index + 1)
        ds.ImageType, ds.BodyPartExamined, ds.PatientPosition = ["ORIGINAL", "PRIMARY", "AXIAL"], "CHEST", "HFS"
        ds.SliceThickness, ds.KVP, ds.ConvolutionKernel = f"{where.step[0]:g}", "120", "STANDARD"
        ds.ImagePositionPatient = [round(x0, 3), round(y0, 3), round(z0 - where.step[0] * index, 3)]
        ds.ImageOrientationPatient, ds.SliceLocation = [1, 0, 0, 0, 1, 0], f"{z0 - where.step[0] * index:.2f}"
        ds.PixelSpacing, ds.PositionReferenceIndicator = [where.step[1], where.step[2]], ""
        ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = "-1024", "1", "HU"
        ds.WindowCenter, ds.WindowWidth = ["-600", "40"], ["1500", "400"]
        ds.WindowCenterWidthExplanation = ["LUNG", "MEDIASTINUM"]
        ds.SeriesDescription, ds.ProtocolName = "Chest 2.5 mm", "Chest routine"
        _grey(ds, np.clip(hu.astype(np.int32) + 1024, 0, 4095))
        slices.append(ds)
    return slices


def chest_dx(cache: Path | None = None, seed: int = 7) -> list[Dataset]:
    """The chest X-ray, stored as MONOCHROME1: the largest value is black."""
    pixels = _kept(cache, f"xray-{seed}", lambda: xray.chest_xray(seed))
    ds = _object(DX, "DX", 1)
    ds.ImageType, ds.BodyPartExamined, ds.ViewPosition = ["ORIGINAL", "PRIMARY"], "CHEST", "PA"
    ds.PresentationIntentType, ds.PixelIntensityRelationship = "FOR PRESENTATION", "LOG"
    ds.PixelIntensityRelationshipSign, ds.PresentationLUTShape = 1, "INVERSE"
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = "0", "1", "US"
    ds.ImagerPixelSpacing, ds.PixelSpacing = [xray.PIXEL] * 2, [xray.PIXEL] * 2
    ds.PatientOrientation, ds.ImageLaterality, ds.BurnedInAnnotation = ["L", "F"], "U", "NO"
    ds.WindowCenter, ds.WindowWidth, ds.KVP = "2048", "4095", "120"
    ds.LossyImageCompression, ds.SeriesDescription = "00", "Chest PA"
    _grey(ds, 4095 - pixels, photometric="MONOCHROME1")
    return [ds]


def mirrored(objects: list[Dataset]) -> list[Dataset]:
    """The same grey pictures with left and right exchanged: other pixels under whatever identity they get."""
    for ds in objects:
        flipped = np.frombuffer(ds.PixelData, "<u2").reshape(ds.Rows, ds.Columns)[:, ::-1]
        ds.PixelData = flipped.tobytes()
        ds["PixelData"].VR = "OW"
    return objects


def repeated(objects: list[Dataset]) -> list[Dataset]:
    """A grey picture for which the patient did not stand still, and the one that was taken again."""
    (again,) = objects
    moved = deepcopy(again)
    pixels = np.frombuffer(again.PixelData, "<u2").reshape(again.Rows, again.Columns)
    shaken = np.mean([np.roll(pixels, (shift // 2, shift), (0, 1)) for shift in range(-SHAKE, SHAKE + 1, 5)], axis=0)
    _grey(moved, shaken, photometric=again.PhotometricInterpretation)
    again.InstanceNumber = "2"
    return [moved, again]


def brain_mr(cache: Path | None = None) -> list[Dataset]:
    """The T2-weighted head, feet to head."""
    volume = _kept(cache, "brain", brain.brain_volume)
    corner = -(brain.SIDE - 1) / 2 * brain.PIXEL
    slices = []
    for index, pixels in enumerate(volume):
        ds = _object(MR, "MR", index + 1)
        ds.ImageType, ds.BodyPartExamined, ds.PatientPosition = ["ORIGINAL", "PRIMARY", "M", "SE"], "HEAD", "HFS"
        ds.ScanningSequence, ds.SequenceVariant, ds.ScanOptions, ds.MRAcquisitionType = "SE", "SK", "", "2D"
        ds.RepetitionTime, ds.EchoTime, ds.EchoTrainLength, ds.MagneticFieldStrength = "4200", "98", "15", "1.5"
        height = brain.LOWEST + brain.STEP * index
        ds.ImagePositionPatient = [round(corner, 3), round(corner, 3), round(height, 3)]
        ds.ImageOrientationPatient, ds.SliceLocation = [1, 0, 0, 0, 1, 0], f"{height:.2f}"
        ds.PixelSpacing, ds.SliceThickness = [brain.PIXEL] * 2, "4.5"
        ds.SpacingBetweenSlices = f"{brain.STEP:g}"
        ds.WindowCenter, ds.WindowWidth = "760", "1250"
        ds.SeriesDescription, ds.ProtocolName = "T2 TSE tra", "Head T2"
        _grey(ds, pixels)
        slices.append(ds)
    return slices


def heart_us(cache: Path | None = None) -> list[Dataset]:
    """The colour cine, JPEG Baseline."""
    frames = _kept(cache, "echo", echo.cine)
    ds = _object(US_CINE, "US", 1, JPEGBaseline8Bit)
    ds.ImageType, ds.BodyPartExamined = ["ORIGINAL", "PRIMARY", "", "0001"], "HEART"
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PlanarConfiguration = 3, "YBR_FULL_422", 0
    ds.NumberOfFrames, ds.Rows, ds.Columns = frames.shape[:3]
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 8, 8, 7, 0
    ds.FrameTime, ds.FrameIncrementPointer = f"{echo.FRAME_MS:g}", Tag("FrameTime")
    ds.LossyImageCompression, ds.LossyImageCompressionMethod = "01", "ISO_10918_1"
    ds.SeriesDescription = "A4C colour"
    coded = [_jpeg(frame) for frame in frames]
    ds.LossyImageCompressionRatio = f"{frames.nbytes / sum(map(len, coded)):.1f}"
    ds.PixelData = encapsulate(coded)
    ds["PixelData"].VR, ds["PixelData"].is_undefined_length = "OB", True
    return [ds]


def _jpeg(frame: Field) -> bytes:
    out = io.BytesIO()
    Image.fromarray(frame).save(out, "JPEG", quality=88, subsampling="4:2:2")
    return out.getvalue()


def heart_ecg(rate: float = 72.0) -> list[Dataset]:
    """The 12-lead ECG, 500 Hz, ten seconds (PS3.3 A.34.3)."""
    samples = heartbeat.twelve_leads(rate)
    group = Dataset()
    group.MultiplexGroupTimeOffset, group.WaveformOriginality = "0", "ORIGINAL"
    group.NumberOfWaveformChannels, group.NumberOfWaveformSamples = len(heartbeat.LEADS), len(samples)
    group.SamplingFrequency, group.MultiplexGroupLabel = str(heartbeat.HERTZ), "RHYTHM"
    group.ChannelDefinitionSequence = [_lead(name, code) for name, code in heartbeat.LEADS.items()]
    group.WaveformBitsAllocated, group.WaveformSampleInterpretation = 16, "SS"
    group.WaveformData = samples.astype("<i2").tobytes()
    ds = _object(ECG, "ECG", 1)
    ds.WaveformSequence, ds.AcquisitionContextSequence = [group], []
    ds.SeriesDescription = "12-lead ECG"
    return [ds]


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def _lead(name: str, code: int) -> Dataset:
    channel = Dataset()
    channel.ChannelLabel = name
    channel.ChannelSourceSequence = [_code(f"2:{code}", "MDC", f"Lead {name}")]
    channel.ChannelSensitivity = f"{heartbeat.MICROVOLT:g}"
    channel.ChannelSensitivityUnitsSequence = [_code("uV", "UCUM", "microvolt")]
    channel.ChannelSensitivityCorrectionFactor, channel.ChannelBaseline, channel.ChannelTimeSkew = "1", "0", "0"
    channel.WaveformBitsStored, channel.FilterLowFrequency, channel.FilterHighFrequency = 16, "0.05", "150"
    return channel
