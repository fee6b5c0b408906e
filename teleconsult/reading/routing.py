"""Which site reads a study. Pure: agreements in, a route with its reasons out.

An agreement that names the modality goes before one for all modalities; then the lower rank; then the older one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

ANY: Final = "*"


class Agreement(Protocol):
    """Who reads what for a site, as far as routing looks at it."""

    @property
    def id(self) -> str: ...
    @property
    def reading_site_id(self) -> str: ...
    @property
    def modality(self) -> str: ...
    @property
    def sla(self) -> str: ...
    @property
    def rank(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Route:
    """The agreement that decides. `code` and `params` say why, `trace` what was looked at."""

    agreement_id: str
    reading_site_id: str
    sla: str
    code: str
    params: dict[str, Any]
    trace: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class NoRoute:
    """No agreement sends the study anywhere; why."""

    code: str
    params: dict[str, Any]


def route(modality: str, agreements: Sequence[Agreement]) -> Route | NoRoute:
    """Choose among the agreements that are in force for the requesting site now."""
    if not agreements:
        return NoRoute("route.no_agreement", {})
    fitting = [one for one in agreements if one.modality in (modality, ANY)]
    if not fitting:
        return NoRoute("route.no_modality", {"modality": modality})
    best = min(fitting, key=lambda one: (one.modality == ANY, one.rank, one.id))
    code = "route.any" if best.modality == ANY else "route.modality"
    trace = [
        {"agreement_id": one.id, "modality": one.modality, "rank": one.rank, "fits": one in fitting}
        for one in agreements
    ]
    return Route(best.id, best.reading_site_id, best.sla, code, {"modality": modality, "sla": best.sla}, trace)
