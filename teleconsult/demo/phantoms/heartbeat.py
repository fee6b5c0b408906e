"""A 12-lead ECG phantom: sinus rhythm with PQRST in every lead, true to Einthoven and Goldberger.

`twelve_leads` promises int16, shape (samples, 12), 2.5 µV per unit, leads in the order of LEADS.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from teleconsult.demo.phantoms.shapes import Field

LEADS: Mapping[str, int] = {
    "I": 1, "II": 2, "III": 61, "aVR": 62, "aVL": 63, "aVF": 64, "V1": 3, "V2": 4, "V3": 5, "V4": 6, "V5": 7, "V6": 8,
}  # fmt: skip
"""Lead name to its MDC code 2:n (PS3.16 CID 3001)."""

HERTZ, SECONDS, MICROVOLT = 500, 10, 2.5

_WAVES = {"P": (-0.165, 0.022), "Q": (-0.028, 0.008), "R": (0.0, 0.0105), "S": (0.030, 0.0105), "T": (0.27, 0.045)}
"""Each wave's time from the R peak and its half width, s; the T wave is steeper on its way down."""

_HEIGHTS = {
    # lead: P, Q, R, S, T in mV; the other limb leads follow from I and II
    "I": (0.08, -0.06, 0.72, -0.10, 0.20),
    "II": (0.14, -0.08, 1.15, -0.16, 0.31),
    "V1": (0.05, 0.0, 0.22, -0.95, -0.06),
    "V2": (0.07, 0.0, 0.48, -1.45, 0.42),
    "V3": (0.08, 0.0, 0.85, -1.00, 0.50),
    "V4": (0.09, -0.05, 1.45, -0.55, 0.46),
    "V5": (0.09, -0.09, 1.35, -0.25, 0.37),
    "V6": (0.08, -0.09, 1.00, -0.10, 0.27),
}


def _beat(time: Field, heights: tuple[float, ...], rate: float) -> Field:
    signal = np.zeros_like(time)
    for (wave, (centre, half)), height in zip(_WAVES.items(), heights, strict=True):
        if wave == "T":
            centre *= float(np.sqrt(60.0 / rate))
        width = np.where((time > centre) & (wave == "T"), half * 0.72, half)
        signal += height * np.exp(-0.5 * ((time - centre) / width) ** 2)
    return signal


def twelve_leads(rate: float = 72.0, seed: int = 3) -> Field:
    """Ten seconds at `rate` beats a minute, with breathing, a little muscle and a trace of mains."""
    draw = np.random.default_rng(seed)
    time = np.arange(HERTZ * SECONDS) / HERTZ
    peaks, at = [], 0.34
    while at < SECONDS + 0.6:
        peaks.append(at)
        at += 60.0 / rate * (1.0 + 0.035 * np.sin(2 * np.pi * at / 4.2) + draw.normal(0, 0.006))
    signals = {}
    for lead, heights in _HEIGHTS.items():
        signal = sum((_beat(time - peak, heights, rate) for peak in peaks), np.zeros_like(time))
        drift = 0.03 * np.sin(2 * np.pi * time / 4.2 + draw.uniform(0, 6.3))
        muscle = np.convolve(draw.normal(0, 0.008, len(time)), np.ones(4) / 4, mode="same")
        signals[lead] = signal + drift + muscle + 0.003 * np.sin(2 * np.pi * 50 * time)
    one, two = signals["I"], signals["II"]
    signals |= {"III": two - one, "aVR": -(one + two) / 2, "aVL": one - two / 2, "aVF": two - one / 2}
    millivolts = np.stack([signals[lead] for lead in LEADS], axis=1)
    return np.asarray((millivolts * 1000 / MICROVOLT).round(), dtype=np.int16)
