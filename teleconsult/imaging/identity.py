"""Which patient numbers are one person, as the decisions that stand say it. Pure: decisions come in as pairs, people go out.

A merge is a line between two numbers and nothing else: taking the line away gives exactly what was before, whatever was merged or
unmerged meanwhile. The present state follows from the lines that stand, in whatever order they were drawn.
"""

from collections.abc import Iterable, Mapping

Line = tuple[str, str]


def people(lines: Iterable[Line]) -> Mapping[str, str]:
    """Patient → person, for every patient that a line touches. A person is called by the least of the patients' ids."""
    person: dict[str, str] = {}
    for one, other in lines:
        first, second = sorted((_of(person, one), _of(person, other)))
        person[second] = first
    return {patient: _of(person, patient) for patient in person}


def _of(person: dict[str, str], patient: str) -> str:
    person.setdefault(patient, patient)
    while person[patient] != patient:
        patient = person[patient]
    return patient
