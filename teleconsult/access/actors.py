"""Who asks: a person, a peer or the system itself, with the roles held at sites."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody does at a site. `EXPERT` (会诊专家) gives opinions on cases that they are asked about."""

    RADIOLOGIST = "radiologist"
    REVIEWER = "reviewer"
    COUNTY_DOCTOR = "county_doctor"
    TECHNOLOGIST = "technologist"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    EXPERT = "expert"


class Title(StrEnum):
    """Professional title, lowest first: 无, 技师, 住院医师, 主治医师, 副主任医师, 主任医师."""

    NONE = "none"
    TECHNICIAN = "technician"
    RESIDENT = "resident"
    ATTENDING = "attending"
    ASSOCIATE_CHIEF = "associate_chief"
    CHIEF = "chief"


MAY_SIGN = frozenset({Title.ATTENDING, Title.ASSOCIATE_CHIEF, Title.CHIEF})
"""主治医师 and above may review and sign."""

_PHYSICIANS = MAY_SIGN | {Title.RESIDENT}
NEEDED_TITLES = {Role.RADIOLOGIST: _PHYSICIANS, Role.COUNTY_DOCTOR: _PHYSICIANS, Role.REVIEWER: MAY_SIGN}
"""Who holds one of these roles has one of its titles; the other roles ask for none."""


class Level(StrEnum):
    """A hospital's place in the alliance: 市, 县, 乡镇."""

    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role at a site; without a site, in the whole alliance."""

    role: Role
    site_id: str | None


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever asks. `kind` is person, peer or system."""

    id: str
    name: str
    kind: str = "person"
    site_id: str | None = None
    title: Title = Title.NONE
    grants: frozenset[Grant] = frozenset()

    def holds(self, *roles: Role) -> bool:
        """Whether any of the roles is held anywhere."""
        return any(grant.role in roles for grant in self.grants)

    def has(self, role: Role, site_id: str) -> bool:
        """Whether the role is held at the site or in the whole alliance."""
        return any(grant.role is role and grant.site_id in (None, site_id) for grant in self.grants)

    def sites(self, *roles: Role) -> frozenset[str]:
        """The sites at which any of the roles is held by name (alliance-wide grants name none: see `everywhere`)."""
        return frozenset(grant.site_id for grant in self.grants if grant.role in roles and grant.site_id is not None)

    def everywhere(self, *roles: Role) -> bool:
        return any(grant.role in roles and grant.site_id is None for grant in self.grants)


SYSTEM = Actor(id="system", name="system", kind="system")
ANYBODY = Actor(id="anybody", name="anybody", kind="system")
"""Somebody who has not said who they are; may do nothing, but can be written down."""
