"""How long a reading may take, in minutes from the moment the study is prepared. Pure.

`standard` follows what hospitals publish (急诊X线 30, 急诊CT/MR 60, 平片 120, CT/MR 240, 心电 STAT 10); `tianchang` follows the county alliance
that accepts in 3 and answers in 10 minutes (`docs/why/routing.md`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

STAT, URGENT, ROUTINE = "STAT", "URGENT", "ROUTINE"
PRIORITIES = (STAT, URGENT, ROUTINE)


@dataclass(frozen=True, slots=True)
class Sla:
    """Minutes by priority, with exceptions by (modality, priority)."""

    by_priority: Mapping[str, int]
    exceptions: Mapping[tuple[str, str], int]

    def minutes(self, modality: str, priority: str) -> int:
        return self.exceptions.get((modality, priority), self.by_priority[priority])


_PLAIN = ("CR", "DX", "RG")

PROFILES: Mapping[str, Sla] = {
    "standard": Sla(
        {STAT: 60, URGENT: 120, ROUTINE: 240},
        {
            **{(plain, STAT): 30 for plain in _PLAIN},
            **{(plain, ROUTINE): 120 for plain in _PLAIN},
            ("ECG", STAT): 10,
            ("ECG", ROUTINE): 60,
        },
    ),
    "tianchang": Sla({STAT: 10, URGENT: 10, ROUTINE: 30}, {}),
    "demo": Sla({STAT: 10, URGENT: 30, ROUTINE: 60}, {("ECG", STAT): 5}),
}
