"""QIDO-RS (PS3.18 10.6): the same search as everywhere, asked and answered in DICOM JSON."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Response, request

from dicom_node import dicomweb_answers as answers
from dicom_node.dicomweb_extras import MOST_READ, Extras
from dicom_node.dicomweb_objects import Objects, verb_of
from dicom_node.dicomweb_query import Question, question
from dicom_node.dicomweb_rows import OTHER_NUMBERS, instance_row, numbered, of_index, series_row, study_row, with_codes
from dicom_node.issuers import asked_by_code, codes_of
from teleconsult.access import Actor
from teleconsult.imaging import find, queries
from teleconsult.imaging.find_numbers import Number, other_numbers
from teleconsult.imaging.find_readable import readable
from teleconsult.kernel.errors import invalid
from teleconsult.records import Work
from teleconsult.system import System

MOST_STUDIES = 5000
"""Below so many a search goes for series or instances (PS3.18 10.6.3.1: 413 beyond)."""
_STUDY_TEXTS = {
    "00100010": "name",
    "00100020": "patient_number",
    "00100021": "issuer",
    "00100040": "sex",
    "00080050": "accession",
    "00200010": "study_number",
    "00081030": "description",
    "00080090": "referring",
    "00080080": "institution",
    "0008103E": "series_description",
    "00180015": "body_part",
}
_LISTS = {
    "0020000D": "study_uids",
    "0020000E": "series_uids",
    "00080018": "sop_uids",
    "00080016": "sop_classes",
    "00080061": "modalities",
}
_DATES = {"00080020": "study_dates", "00100030": "birth_dates"}
_DAY = r"\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])"  # of any month: clients end a range of February at the 31st
_TIME = r"([01]\d|2[0-3])([0-5]\d([0-5]\d|60)?)?(\.\d+)?"
_NUMBERS = {"00200011": "series_number", "00200013": "instance_number"}
_ENTRY: dict[str, Callable[..., Mapping[str, Any]]] = {
    "studies": study_row,
    "series": series_row,
    "instances": instance_row,
}


class Search:
    """The three searches. Who may not see a study gets the answer that there is none."""

    def __init__(self, objects: Objects, system: System, actor_of: Callable[[], Actor]) -> None:
        self._objects = objects
        self._system = system
        self._actor_of = actor_of

    def studies(self) -> Response:
        return self._search("studies", None, None)

    def series(self, study: str | None = None) -> Response:
        return self._search("series", study, None)

    def instances(self, study: str | None = None, series: str | None = None) -> Response:
        return self._search("instances", study, series)

    def _search(self, level: str, study: str | None, series: str | None) -> Response:
        actor, asked = self._actor_of(), question(request.args.items(multi=True))
        for tag, uid in (("0020000D", study), ("0020000E", series)):
            if uid is not None:
                asked.filters[tag] = uid
        answers.json_acceptable()
        match, ignored = match_of(asked, level)
        with self._system.read(actor) as work:
            codes = codes_of(work)
            match = asked_by_code(match, codes)
            if study is not None:
                queries.study_by_uid(work, actor, study, verb_of(actor, "study.see"))
            elif level != "studies":
                _narrow(work, actor, match)
            search = {"studies": find.studies, "series": find.series, "instances": find.instances}[level]
            answer = search(work, actor, match, find.Page(asked.limit, asked.offset))
            others = _others(work, actor, asked, answer.items)
            extras = Extras(self._system.blobs, _readable(work, actor, asked, answer.items))
        home = f"{request.url_root.rstrip('/')}/dicom-web"
        rows = [
            {**_row(level, found, home, study is None, asked), **numbered(others.get(found.study.patient_id, ()))}
            for found in answer.items
        ]
        rows = [with_codes(row, codes) for row in rows]
        extras.add(asked, level, answer.items, rows)
        self._objects.opened(actor, *sorted(extras.looked_into))
        rows = [dict(sorted(row.items())) for row in rows]
        return answers.found(rows, _warning(asked, answer.more, ignored, extras))


def _readable(work: Work, actor: Actor, asked: Question, items: Sequence[find.Found]) -> frozenset[str]:
    """The studies of which more than the index may be told, where more is asked for."""
    if not (asked.include or asked.include_all):
        return frozenset()
    return readable(work, actor, {found.study.id for found in items})


def _row(level: str, found: find.Found, home: str, below: bool, asked: Question) -> Mapping[str, Any]:
    """What the index says: the attributes of the level, and those of the levels above that are to be included."""
    row = _ENTRY[level](found, home, below=below)
    if not (asked.include or asked.include_all):
        return row
    known = of_index(_ENTRY[level](found, home, below=True))
    return {**(known if asked.include_all else {tag: known[tag] for tag in asked.include & known.keys()}), **row}


def _narrow(work: Work, actor: Actor, match: find.Match) -> None:
    """Refuse to look below more studies than anybody reads: series and instances are asked for by study, patient or date."""
    if find.studies(work, actor, match, find.Page(1, MOST_STUDIES)).items:
        raise invalid(
            "dicomweb.broad",
            f"more than {MOST_STUDIES} studies match; name a study, patient or date",
            most=MOST_STUDIES,
        )


def _others(work: Work, actor: Actor, asked: Question, items: Sequence[find.Found]) -> Mapping[str, tuple[Number, ...]]:
    """The other numbers of merged patients, where they are to be included."""
    if not items or not (asked.include_all or OTHER_NUMBERS in asked.include):
        return {}
    return other_numbers(work, actor, {found.study.patient_id for found in items})


def match_of(asked: Question, level: str) -> tuple[find.Match, list[str]]:
    """The question as `find` understands it, and the tags that nothing was matched by."""
    values: dict[str, Any] = {}
    ignored: list[str] = []
    for tag, value in asked.filters.items():
        if tag == "00080060":
            values |= _modality(value, level)
        elif tag == "00100021" and re.search(r"[*?]", value):
            ignored.append(tag)  # codes are matched whole
        elif tag in _STUDY_TEXTS:
            values[_STUDY_TEXTS[tag]] = _fuzzy(value) if tag == "00100010" and asked.fuzzy else value
        elif tag in _LISTS:
            values[_LISTS[tag]] = tuple(part.strip() for part in re.split(r"[,\\]", value) if part.strip())
        elif tag in _DATES:
            values[_DATES[tag]] = _range(tag, value, _DAY)
        elif tag == "00080030":
            first, last = _range(tag, value.replace(":", ""), _TIME)
            values["study_times"] = first[:6].ljust(6, "0") if first else "", last[:6].ljust(6, "9") if last else ""
        elif tag in _NUMBERS:
            values[_NUMBERS[tag]] = _number(tag, value)
        else:
            ignored.append(tag)
    return find.Match(**values), ignored


def _modality(value: str, level: str) -> dict[str, Any]:
    """(0008,0060) is the series' own; of studies it can only mean those that have such a series."""
    wanted = tuple(part.strip() for part in re.split(r"[,\\]", value) if part.strip())
    if level == "studies":
        return {"modalities": wanted}
    if len(wanted) > 1:
        raise invalid("dicomweb.query", "one Modality at a time; ModalitiesInStudy takes several", name="Modality")
    return {"series_modality": wanted[0] if wanted else ""}


def _fuzzy(name: str) -> str:
    """Literal matching finds whole names; who asks for fuzzy matching means the beginning of one."""
    return name if "*" in name or "?" in name else f"{name}*"


def _range(tag: str, value: str, form: str) -> tuple[str, str]:
    """`first-last`, `first-`, `-last` or one value for both (PS3.4 C.2.2.2.5)."""
    first, dash, last = value.strip().partition("-")
    parts = first.strip(), last.strip() if dash else first.strip()
    if not any(parts) or any(part and not re.fullmatch(form, part) for part in parts):
        raise invalid("dicomweb.query", f"{tag}={value[:32]!r} is no range", name=tag)
    return parts


def _number(tag: str, value: str) -> int:
    if not re.fullmatch(r"-?\d{1,9}", value.strip()):
        raise invalid("dicomweb.query", f"{tag}={value[:32]!r} is no number", name=tag)
    return int(value)


def _warning(asked: Question, more: bool, ignored: list[str], extras: Extras) -> str:
    said = []
    if more and asked.unlimited:
        said.append(f"There are more than {asked.limit} results; ask with limit and offset")
    if ignored:
        said.append(f"Not matched: {', '.join(sorted(ignored))}")
    if extras.left_out:
        said.append(f"The fields to include were read for the first {MOST_READ} only")
    if extras.withheld:
        said.append("Fields beyond the index were left out: they are for who may see the images")
    return "; ".join(said)
