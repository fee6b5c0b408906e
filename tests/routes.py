"""The web application is made anew for almost every test of it; what is the same each time is worked out once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

_Builder = Callable[..., tuple[str, str]]


def compile_once() -> None:
    """From now on a rule's function that builds addresses is compiled once in a process: most of an application's making is that.

    The function knows its rule by its first argument alone, so that rules of the same text may share it; those with
    defaults, which become part of it, may not.
    """
    compiled: dict[tuple[Any, ...], _Builder] = {}
    compile_builder = Rule._compile_builder  # noqa: SLF001 (the function itself stays werkzeug's)

    def builder(rule: Rule, append_unknown: bool = True) -> _Builder:
        if rule.defaults:
            return compile_builder(rule, append_unknown)
        key = (append_unknown, rule.rule, *rule._trace)  # noqa: SLF001
        if key not in compiled:
            compiled[key] = compile_builder(rule, append_unknown)
        return compiled[key]

    Rule._compile_builder = builder  # type: ignore[assignment, method-assign]  # noqa: SLF001
