"""A fact: something that happened, recorded in the same commit as the change itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from teleconsult.kernel.values import Json


@dataclass(frozen=True, slots=True)
class Fact:
    """What happened, in the past tense, and to whom it may be told.

    `name` is CamelCase past tense ("TaskClaimed"); `subject` the kind of thing ("task") and `subject_id` which one;
    `version` the thing's version after the change (0 where it has none); `study_id` puts the fact on a study's timeline;
    `case_id` puts it on a case's timeline; `sites` are the sites whose live lists may have changed by it; `details` are small JSON values without patient names.
    """

    name: str
    subject: str
    subject_id: str
    version: int = 0
    study_id: str | None = None
    sites: tuple[str, ...] = ()
    details: Mapping[str, Json] = field(default_factory=dict)
    case_id: str | None = None
