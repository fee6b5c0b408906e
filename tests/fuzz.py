"""How long to throw hostile input: a few hundred pieces in `make test`, the same every time; fresh ones by the hundred thousand in `make soak`."""

from __future__ import annotations

import hypothesis

_LONGER = 200
_long = False


def prepare(long_form: bool) -> None:
    """Choose Hypothesis' profile. Called once, before any test is collected."""
    global _long
    _long = long_form
    # Two shared cores make single examples slow now and then; that is no finding.
    hypothesis.settings.register_profile("teleconsult", deadline=None, derandomize=True, print_blob=True)
    hypothesis.settings.register_profile("soak", deadline=None, max_examples=examples(100), print_blob=True)
    hypothesis.settings.load_profile("soak" if long_form else "teleconsult")


def examples(short: int) -> int:
    """How many pieces for a test that throws `short` of them in its short form."""
    return short * _LONGER if _long else short
