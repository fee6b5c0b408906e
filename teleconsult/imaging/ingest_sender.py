"""Who brings an object in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from teleconsult.access import Actor


class Sender(Protocol):
    """An `access.Peer`, or an `Upload`. `charset` overrides what headers declare; `issuers` maps (0010,0021) to an issuer."""

    @property
    def id(self) -> str | None: ...
    @property
    def ae_title(self) -> str: ...
    @property
    def site_id(self) -> str: ...
    @property
    def charset(self) -> str | None: ...
    @property
    def issuers(self) -> Mapping[str, str]: ...
    def actor(self) -> Actor: ...


@dataclass(frozen=True, slots=True)
class Upload:
    """A person who brings a file in a browser, for the site `site_id`."""

    person: Actor
    site_id: str
    charset: str | None = None
    issuers: Mapping[str, str] = field(default_factory=dict)
    id: str | None = None  # no peer

    @property
    def ae_title(self) -> str:
        return self.person.name

    def actor(self) -> Actor:
        return self.person
