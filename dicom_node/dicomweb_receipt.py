"""What a STOW-RS request is answered with: each object stored, stored apart, or refused (PS3.18 10.5.3). Pure."""

from dataclasses import dataclass, field
from typing import Any, Final

from teleconsult.imaging.ingest import Kind

Json = dict[str, Any]

OUT_OF_RESOURCES: Final = 0xA700
OTHER_STUDY: Final = 0xA901
CANNOT_UNDERSTAND: Final = 0xC000
CLASS_NOT_SUPPORTED: Final = 0x0122
SYNTAX_NOT_SUPPORTED: Final = 0xC122
# Of our own, in the range of warnings (docs/conformance-web.md): kept, not shown, and a person of the hospital looks at it.
WARNINGS: Final = {Kind.CONFLICT: 0xB0C1, Kind.IDENTITY: 0xB0C2}


@dataclass(frozen=True, slots=True)
class Named:
    """What an object calls itself; `study_uid` and `series_uid` are empty when its header could not be read."""

    sop_class: str
    sop_uid: str
    study_uid: str = ""
    series_uid: str = ""


@dataclass(slots=True)
class Receipt:
    """Grows while the objects come in. `home` is the URL of the service, without a slash at its end.

    The study has a Retrieve URL when something of it was stored: of what was set aside nobody learns where another's study lies.
    """

    home: str
    shown: str = ""
    stored: list[Json] = field(default_factory=list)
    failed: list[Json] = field(default_factory=list)
    nameless: list[Json] = field(default_factory=list)
    reasons: list[int] = field(default_factory=list)
    warned: bool = False

    def keep(self, named: Named, kind: Kind) -> None:
        """The object was taken in; one that was set aside is not under its URL and has none here."""
        item = _reference(named)
        reason = WARNINGS.get(kind)
        if reason is None:
            where = f"{self.home}/studies/{named.study_uid}/series/{named.series_uid}/instances/{named.sop_uid}"
            item["00081190"] = _one("UR", where)
            self.shown = self.shown or named.study_uid
        else:
            self.warned = True
            item["00081190"] = {"vr": "UR"}
            item["00081196"] = _one("US", reason)
        self.stored.append(dict(sorted(item.items())))

    def fail(self, named: Named | None, reason: int) -> None:
        """The object was not taken in; None when it does not even say what it is."""
        self.reasons.append(reason)
        if named is None or not named.sop_uid:
            self.nameless.append({"00081197": _one("US", reason)})
        else:
            self.failed.append({**_reference(named), "00081197": _one("US", reason)})

    @property
    def empty(self) -> bool:
        return not (self.stored or self.reasons)

    @property
    def status(self) -> int:
        """200 all stored; 202 not quite; none: 503 no room, 400 nothing that could be read, else 409 (table 10.5.3-1)."""
        if self.stored:
            return 202 if self.reasons or self.warned else 200
        if set(self.reasons) == {OUT_OF_RESOURCES}:
            return 503
        return 400 if set(self.reasons) == {CANNOT_UNDERSTAND} else 409

    def json(self) -> Json:
        """The Store Instances Response Module (PS3.18 annex I)."""
        out: Json = {"00081190": _one("UR", f"{self.home}/studies/{self.shown}") if self.shown else {"vr": "UR"}}
        for tag, items in (("00081198", self.failed), ("00081199", self.stored), ("0008119A", self.nameless)):
            if items:
                out[tag] = {"vr": "SQ", "Value": items}
        return out


def _reference(named: Named) -> Json:
    return {"00081150": _one("UI", named.sop_class), "00081155": _one("UI", named.sop_uid)}


def _one(vr: str, value: str | int) -> Json:
    return {"vr": vr, "Value": [value]} if value != "" else {"vr": vr}
