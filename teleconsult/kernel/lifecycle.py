"""A lifecycle is a table; buttons, API documents and pictures are derived from it."""

from collections.abc import Mapping

from teleconsult.kernel.errors import conflict


class Lifecycle:
    """States and the verbs that move between them.

    `moves` maps (state, verb) to the next state. A move that is meant to be harmless when repeated is a row of its own.
    Building one with a state that cannot be reached from `start` raises `ValueError`.
    """

    def __init__(self, start: str, moves: Mapping[tuple[str, str], str]) -> None:
        self.start = start
        self.moves = dict(moves)
        self.states = frozenset({start, *self.moves.values(), *(state for state, _ in self.moves)})
        unreachable = self.states - self._reachable()
        if unreachable:
            raise ValueError(f"cannot be reached from {start}: {sorted(unreachable)}")

    def _reachable(self) -> set[str]:
        seen, edge = {self.start}, [self.start]
        while edge:
            here = edge.pop()
            news = {there for (state, _), there in self.moves.items() if state == here} - seen
            seen |= news
            edge.extend(news)
        return seen

    def step(self, state: str, verb: str) -> str:
        """The state after `verb`, or a CONFLICT refusal `move.illegal`."""
        try:
            return self.moves[(state, verb)]
        except KeyError:
            raise conflict("move.illegal", f"cannot {verb} while {state}", verb=verb, state=state) from None

    def verbs(self, state: str) -> tuple[str, ...]:
        """What may be offered in `state`, in the order of the table."""
        return tuple(verb for source, verb in self.moves if source == state)

    def mermaid(self) -> str:
        """The table as a Mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.start}"]
        lines += [f"    {state} --> {there}: {verb}" for (state, verb), there in self.moves.items()]
        return "\n".join(lines) + "\n"
