"""Leads of an ECG object (PS3.3 C.10.9) in millivolts, as far as a picture of them is drawn here.

The reading screen fetches the waveform itself by DICOMweb; this serves thumbnails.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydicom.dataset import Dataset

from teleconsult.imaging import luts
from teleconsult.imaging.pixels_values import Array, Undecodable

_SAMPLES = {("SB", 8): "i1", ("UB", 8): "u1", ("SS", 16): "i2", ("US", 16): "u2", ("SL", 32): "i4", ("UL", 32): "u4"}
_MILLIVOLTS = {"uV": 0.001, "mV": 1.0, "V": 1000.0, "nV": 1e-6}


@dataclass(frozen=True, slots=True, eq=False)
class Lead:
    """One channel: its name as the object gives it and its samples in mV."""

    name: str
    samples: Array


@dataclass(frozen=True, slots=True)
class Tracing:
    """The first multiplex group: samples per second and leads in the object's order."""

    hertz: float
    leads: Sequence[Lead]


def tracing(header: Dataset) -> Tracing:
    """The first multiplex group. Raises Undecodable: waveform.absent, waveform.unsupported, waveform.truncated."""
    group = luts.first_item(header, "WaveformSequence")
    if group is None:
        raise Undecodable("waveform.absent", "no waveform sequence")
    count, length = (
        int((luts.values_of(group, k) or [0])[0]) for k in ("NumberOfWaveformChannels", "NumberOfWaveformSamples")
    )
    bits = int((luts.values_of(group, "WaveformBitsAllocated") or [0])[0])
    kind = _SAMPLES.get((str(group.get("WaveformSampleInterpretation") or ""), bits))
    raw = group.get("WaveformData")
    if kind is None or not isinstance(raw, bytes) or count < 1 or length < 1:
        raise Undecodable("waveform.unsupported", f"{group.get('WaveformSampleInterpretation')}, {bits} bits")
    if len(raw) < count * length * (bits // 8):
        raise Undecodable("waveform.truncated", f"{len(raw)} bytes for {count} × {length} samples")
    order = ">" if header.original_encoding == (False, False) else "<"
    table = np.frombuffer(raw, order + kind, count=count * length).reshape(length, count).astype(np.float32)
    channels = group.get("ChannelDefinitionSequence") or []
    leads = [_lead(channels[k] if k < len(channels) else Dataset(), k, table[:, k]) for k in range(count)]
    return Tracing((luts.values_of(group, "SamplingFrequency") or [500.0])[0], leads)


def _lead(channel: Dataset, place: int, samples: Array) -> Lead:
    source = luts.first_item(channel, "ChannelSourceSequence")
    unit = luts.first_item(channel, "ChannelSensitivityUnitsSequence")
    name = str(source.get("CodeMeaning") or "") if source is not None else ""
    gain = (luts.values_of(channel, "ChannelSensitivity") or [1.0])[0]
    gain *= (luts.values_of(channel, "ChannelSensitivityCorrectionFactor") or [1.0])[0]
    millivolts = _MILLIVOLTS.get(str(unit.get("CodeValue") or "") if unit is not None else "", 0.001)
    baseline = (luts.values_of(channel, "ChannelBaseline") or [0.0])[0]  # in the units of the sensitivity, not in steps
    return Lead(name.removeprefix("Lead ").strip() or str(place + 1), (samples * gain + baseline) * millivolts)
