"""A page that is refused to a stranger says that the visit is on record: it is, in a transaction of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from teleconsult.access import Actor
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.records import Work
from teleconsult.web import auth

Note = Callable[[Work, Actor, str, str], None]
"""(work, actor, id of what was asked for, code of the refusal)"""


@contextmanager
def written_down(note: Note, key: str) -> Iterator[None]:
    """Around a look at `key`: what is absent for this person is noted, then refused as it was."""
    try:
        yield
    except Refused as refusal:
        if refusal.meaning is Meaning.ABSENT:
            actor = auth.actor()
            with auth.system().work(actor) as work:
                note(work, actor, key, refusal.code)
        raise
