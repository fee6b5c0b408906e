"""What a peer shows when it calls over HTTPS: a gateway, or a program that speaks DICOMweb.

A token is shown once, when it is issued; the database keeps its digest. It stands for its peer and so for one site, and is
as good as the peer is: of a disabled peer none is taken.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import select, update

from teleconsult.access import facts
from teleconsult.access.actors import Actor
from teleconsult.access.passwords import digest, new_token
from teleconsult.access.peers import Peer, peer_of
from teleconsult.access.permit import Thing, permit
from teleconsult.access.tables import PeerRow, PeerTokenRow
from teleconsult.kernel.errors import conflict, invalid
from teleconsult.kernel.values import new_id
from teleconsult.records.work import Work

PREFIX: Final = "tcp_"
"""Every token begins so: whoever finds one in a log or a mail sees what it is."""
MOST_LIVE = 4
"""So many tokens of one peer are good at once: the one in use, the next one, and a spare."""
_LONGEST_LABEL = 80
_TOUCH = timedelta(seconds=30)


def issue_peer_token(work: Work, actor: Actor, peer_id: str, label: str = "") -> str:
    """A new token for the peer, shown this once. CONFLICT `token.too_many` when `MOST_LIVE` are good already."""
    peer = work.get(PeerRow, peer_id)
    permit(actor, "peer.manage", Thing(site_id=peer.site_id))
    label = label.strip()
    if len(label) > _LONGEST_LABEL or not (label.isprintable() or label == ""):
        raise invalid(
            "field.text", f"label: at most {_LONGEST_LABEL} printable characters", field="label", most=_LONGEST_LABEL
        )
    live = select(PeerTokenRow.id).where(PeerTokenRow.peer_id == peer.id, PeerTokenRow.revoked_at.is_(None))
    if len(work.session.scalars(live).all()) >= MOST_LIVE:
        raise conflict("token.too_many", peer.ae_title, most=MOST_LIVE)
    text = PREFIX + new_token()
    row = PeerTokenRow(
        id=new_id(), version=1, peer_id=peer.id, digest=digest(text), ending=text[-4:], label=label, issued_at=work.now, issued_by=actor.name,
    )  # fmt: skip
    work.add(row)
    work.record(facts.peer_token("PeerTokenIssued", peer.id, row.id, peer.ae_title, row.ending))
    return text


def revoke_peer_token(work: Work, actor: Actor, token_id: str) -> None:
    """From the next request on nobody gets in with it. Repeats safely. ABSENT `peertoken.absent`."""
    row = work.get(PeerTokenRow, token_id)
    peer = work.get(PeerRow, row.peer_id)
    permit(actor, "peer.manage", Thing(site_id=peer.site_id))
    if row.revoked_at is not None:
        return
    work.keep(row, revoked_at=work.now, revoked_by=actor.name)
    work.record(facts.peer_token("PeerTokenRevoked", peer.id, row.id, peer.ae_title, row.ending))


def peer_by_token(work: Work, text: str) -> Peer | None:
    """The enabled peer that shows the token; None for an unknown, revoked or misspelt one. Writes nothing."""
    found = work.session.execute(
        select(PeerRow)
        .join(PeerTokenRow, PeerTokenRow.peer_id == PeerRow.id)
        .where(PeerTokenRow.digest == digest(text), PeerTokenRow.revoked_at.is_(None), PeerRow.disabled.is_(False))
    ).scalar_one_or_none()
    return None if found is None else peer_of(found)


def token_used(work: Work, text: str, client: str) -> None:
    """Note when and from where a token was last shown, at most every thirty seconds. No version is counted: nobody decides by it."""
    work.session.execute(
        update(PeerTokenRow)
        .where(
            PeerTokenRow.digest == digest(text),
            (PeerTokenRow.used_at.is_(None)) | (PeerTokenRow.used_at < work.now - _TOUCH),
        )
        .values(used_at=work.now, used_from=client[:200]),
        execution_options={"synchronize_session": False},
    )


def peer_tokens(work: Work, actor: Actor, peer_id: str) -> Sequence[PeerTokenRow]:
    """The peer's tokens, newest first, revoked ones too: what they are good for is in their rows, what they say is not."""
    peer = work.get(PeerRow, peer_id)
    permit(actor, "peer.manage", Thing(site_id=peer.site_id))
    statement = select(PeerTokenRow).where(PeerTokenRow.peer_id == peer.id).order_by(PeerTokenRow.id.desc())
    return work.session.scalars(statement).all()
