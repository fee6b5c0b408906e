"""User identity negotiation (PS3.7 D.3.3.7): a name, or a name and a passcode, where a peer's row asks for them. Nothing of it is logged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from pynetdicom.pdu_primitives import UserIdentityNegotiation

from teleconsult.access.passwords import matches

if TYPE_CHECKING:
    from pynetdicom.association import Association

    from teleconsult.access.peers import LineRules

USERNAME: Final = 1
USERNAME_AND_PASSCODE: Final = 2


@dataclass(frozen=True, slots=True)
class Identity:
    """What the requestor says of itself; `kind` 3 to 5 (Kerberos, SAML, JWT) are understood by nobody here."""

    kind: int
    name: str = field(repr=False)
    passcode: str = field(default="", repr=False)


def identity_of(association: Association) -> Identity | None:
    item: Any = association.requestor.user_identity
    if item is None:
        return None
    return Identity(int(item.user_identity_type), _text(item.primary_field), _text(item.secondary_field))


def identified(rules: LineRules, identity: Identity | None) -> bool:
    """Whether the identity is the one that the peer's row asks for. Where it asks for none, any is, and is not looked at."""
    if rules.identity_name is None:
        return True
    if identity is None or identity.kind not in (USERNAME, USERNAME_AND_PASSCODE):
        return False
    if rules.identity_hash is None:
        return identity.name == rules.identity_name
    # The passcode is compared whatever the name is: time tells nobody which of them was wrong.
    right = matches(rules.identity_hash, identity.passcode if identity.kind == USERNAME_AND_PASSCODE else "")
    return right and identity.name == rules.identity_name


def _text(content: bytes | None) -> str:
    return (content or b"").decode("utf-8", "replace")


def answer(association: Association) -> None:
    """Let the A-ASSOCIATE-AC say that the identity was taken, where the requestor wants to be told (PS3.7 D.3.3.7.2): empty for a name."""
    item: Any = association.requestor.user_identity
    if item is not None and item.positive_response_requested:
        positive = UserIdentityNegotiation()
        positive.server_response = b""
        association.acceptor.add_negotiation_item(positive)
