"""The audit chain: sealed batches of facts, each seal over its facts and the seal before it.

The relay seals what is committed, so no writer waits for a chain. Each seal is also appended to a log outside the database: a tail cut
off inside it shows there. Each fact carries a keyed digest (`work.fact_mac`): a row written by other hands shows by that.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from sqlalchemy import func, select

from teleconsult.kernel.values import canonical_json
from teleconsult.records.tables import FactRow, SealRow
from teleconsult.records.work import Work, fact_mac

BEGINNING = "0" * 64
_MAC_FIELDS = (
    "id",
    "name",
    "subject",
    "subject_id",
    "version",
    "study_id",
    "case_id",
    "sites",
    "details",
    "at",
    "actor_id",
    "actor_name",
    "actor_site",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not hold: `code` one of fact_changed, facts_missing, facts_added, seal_changed, chain_broken, tail_removed."""

    code: str
    seal_no: int | None
    seq: int | None
    detail: str


def seal(work: Work, limit: int = 1000) -> SealRow | None:
    """Seal the facts that have none yet. The caller appends the result to the log (`append`) after the commit."""
    last = work.session.scalars(select(SealRow).order_by(SealRow.no.desc()).limit(1).with_for_update()).one_or_none()
    facts = work.session.scalars(
        select(FactRow).where(FactRow.seal_no.is_(None)).order_by(FactRow.seq).limit(limit)
    ).all()
    if not facts:
        return None
    number, previous = (last.no + 1, last.hash) if last else (1, BEGINNING)
    row = SealRow(
        no=number, first_seq=facts[0].seq, last_seq=facts[-1].seq, count=len(facts),
        facts_hash=_facts_hash(facts), previous=previous, at=work.now, hash="",
    )  # fmt: skip
    row.hash = _seal_hash(row)
    for fact in facts:
        fact.seal_no = number
    work.add(row)
    return row


def append(log: Path, row: SealRow) -> None:
    """Write the seal to the log outside the database, synced."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="ascii") as out:
        out.write(f"{row.no} {row.hash} {row.last_seq} {row.at.isoformat()}\n")
        out.flush()
        os.fsync(out.fileno())


def missing_from(log: Path, work: Work) -> Sequence[SealRow]:
    """Seals committed but not in the log: a sealer died between the two. To be appended."""
    known = max((number for number, _ in _logged(log)), default=0)
    return work.session.scalars(select(SealRow).where(SealRow.no > known).order_by(SealRow.no)).all()


def verify(work: Work, log: Path, key: bytes) -> list[Finding]:
    """Check every fact's digest, every seal's facts, the chain, and its tail against the log. Empty means it holds.

    Call it at the beginning of `work`: the log has to be read before the database's snapshot is taken.
    """
    logged = list(_logged(log))  # before the snapshot: a seal made meanwhile is then in the database at least
    return [*_check_facts(work, key), *_check_chain(work), *_check_tail(work, logged)]


def count(work: Work) -> int:
    """How many facts there are."""
    return work.session.execute(select(func.count()).select_from(FactRow)).scalar_one()


def _check_facts(work: Work, key: bytes) -> Iterator[Finding]:
    for fact in work.session.scalars(select(FactRow).order_by(FactRow.seq).execution_options(yield_per=1000)):
        if fact_mac(key, {name: getattr(fact, name) for name in _MAC_FIELDS}) != fact.mac:
            yield Finding("fact_changed", fact.seal_no, fact.seq, f"{fact.name} is not what was written")


def _check_chain(work: Work) -> Iterator[Finding]:
    statement = (
        select(FactRow)
        .where(FactRow.seal_no.is_not(None))
        .order_by(FactRow.seal_no, FactRow.seq)
        .execution_options(yield_per=1000)
    )
    hashes = {
        number: _hash_and_count(facts)
        for number, facts in groupby(work.session.scalars(statement), key=lambda fact: fact.seal_no)
    }
    previous, expected = BEGINNING, 1
    for row in work.session.scalars(select(SealRow).order_by(SealRow.no)):
        digest, count = hashes.pop(row.no, ("", 0))
        if count != row.count:
            code = "facts_missing" if count < row.count else "facts_added"
            yield Finding(code, row.no, None, f"seal {row.no} covers {row.count} facts, {count} are there")
        elif digest != row.facts_hash:
            yield Finding(
                "fact_changed", row.no, None, f"the facts {row.first_seq} to {row.last_seq} are not what was sealed"
            )
        if row.hash != _seal_hash(row):
            yield Finding("seal_changed", row.no, None, f"seal {row.no} is not what was written")
        if row.previous != previous or row.no != expected:
            yield Finding("chain_broken", row.no, None, f"seal {row.no} does not follow the one before it")
        previous, expected = row.hash, row.no + 1
    for number in hashes:
        yield Finding("facts_added", number, None, f"facts name the seal {number}, which is not there")


def _check_tail(work: Work, logged: Sequence[tuple[int, str]]) -> Iterator[Finding]:
    kept = {row.no: row.hash for row in work.session.scalars(select(SealRow))}
    for number, digest in logged:
        if number not in kept:
            yield Finding("tail_removed", number, None, f"the log has seal {number}, the database has not")
        elif kept[number] != digest:
            yield Finding("seal_changed", number, None, f"seal {number} differs from the log")


def _logged(log: Path) -> Iterator[tuple[int, str]]:
    if log.exists():
        for line in log.read_text("ascii").splitlines():
            words = line.split()
            if len(words) == 4:
                yield int(words[0]), words[1]


def _hash_and_count(facts: Iterator[FactRow]) -> tuple[str, int]:
    rows = list(facts)
    return _facts_hash(rows), len(rows)


def _facts_hash(facts: Sequence[FactRow]) -> str:
    digest = hashlib.sha256()
    for fact in facts:
        digest.update(f"{fact.seq} {fact.mac}\n".encode())
    return digest.hexdigest()


def _seal_hash(row: SealRow) -> str:
    content: list[int | str] = [
        row.no,
        row.first_seq,
        row.last_seq,
        row.count,
        row.facts_hash,
        row.previous,
        row.at.isoformat(timespec="microseconds"),
    ]
    return hashlib.sha256(canonical_json(content)).hexdigest()
