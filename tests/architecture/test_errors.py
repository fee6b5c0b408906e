"""Errors carry meaning, shells carry codes (rule 5)."""

import ast
import importlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from teleconsult.kernel.errors import Meaning
from tests.architecture.tree import ROOT, python, tree

# Each shell turns every meaning into its own language, in one table in this module.
TABLES = {
    "teleconsult.web": "teleconsult.web.problems",
    "dicom_node": "dicom_node.status",
    "workers": "workers.app",
    "teleconsult.media": "teleconsult.media.server",
}
LIVE = "teleconsult.web.live"

# Where a process meets the world and must outlive any fault. Elsewhere an unforeseen error is not swallowed.
BOUNDARIES = {
    "dicom_node/gateway/sending.py": "whatever one try meets, what waits is safe and is tried again",
    "dicom_node/answering.py": "the peer of any service gets a status and keeps its objects, and its next request works",
    "dicom_node/commitment.py": "what the node could not report by itself the journal goes on with",
    "dicom_node/node.py": "what goes wrong in admitting a caller must never let anybody in",
    "dicom_node/reactor.py": "whatever a peer sends ends its own association and no other",
    "teleconsult/web/live.py": "one broken socket must not keep the others from having their rights checked",
    "workers/relay.py": "whatever is away for a moment comes back",
    "workers/run.py": "any fault of one job is that try's reason, and the worker goes on",
    "teleconsult/media/forward/connections.py": "a description from outside may break aiortc's parser anywhere",
    "teleconsult/media/forward/selftest.py": "whatever goes wrong in trying the fast way means the plain way",
    "teleconsult/imaging/ingest_group.py": "whatever is wrong with one object must not keep its group from the index",
    "teleconsult/imaging/render_child.py": "a process of its own: any fault of one picture is that picture's reason",
}


@pytest.mark.parametrize("module", [*TABLES.values(), LIVE])
def test_each_shell_answers_every_meaning(module: str) -> None:
    tables = [value for value in vars(importlib.import_module(module)).values() if _is_table(value)]
    assert tables, f"{module} has no table from Meaning"
    for table in tables:
        assert set(table) == set(Meaning)


def test_every_shell_has_such_a_table() -> None:
    shells = {"dicom_node", "workers", *(f"teleconsult.{name}" for name in ("web", "media"))}
    assert {shell for shell in shells if (ROOT / shell.replace(".", "/")).is_dir()} <= set(TABLES)


def test_only_the_boundary_of_a_shell_catches_everything() -> None:
    found = {str(path) for path in python() if any(_swallows(node) for node in ast.walk(tree(path)))}
    assert found <= set(BOUNDARIES)
    assert {path for path in BOUNDARIES if not Path(ROOT, path).is_file()} == set()


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping) and bool(value) and all(isinstance(key, Meaning) for key in value)


def _swallows(node: ast.AST) -> bool:
    """`except:`, `except Exception` or `except BaseException` that does not raise again at its end."""
    if not isinstance(node, ast.ExceptHandler):
        return False
    kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    broad = any(kind is None or (isinstance(kind, ast.Name) and kind.id.endswith("Exception")
                                 and kind.id in {"Exception", "BaseException"}) for kind in kinds)  # fmt: skip
    return broad and not isinstance(node.body[-1], ast.Raise)
