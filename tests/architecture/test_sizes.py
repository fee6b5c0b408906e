"""Size and shape (architecture §7): small files and functions, so that each holds one idea."""

import ast
import statistics
from collections.abc import Sequence
from pathlib import Path

from tests.architecture.tree import functions, python, screens, text

# An exception is one line with its reason.
LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}
LISTS = (
    "teleconsult/records/migrations/versions/"  # a migration is one list of statements, never changed once it is out
)


def test_python_files_are_short() -> None:
    lengths = [_lines(path) for path in python()]
    assert statistics.median(lengths) <= 120
    assert _ninth_decile(lengths) <= 300


def test_no_python_file_is_longer_than_500_lines() -> None:
    long = {str(path): _lines(path) for path in python("teleconsult", "dicom_node", "workers", "tests", "tools")}
    assert {path: lines for path, lines in long.items() if lines > 500 and path not in LONG_FILES} == {}


def test_functions_are_short() -> None:
    lengths = [length for path in python() for length in _function_lengths(path).values()]
    assert _ninth_decile(lengths) <= 25


def test_no_function_is_longer_than_60_lines() -> None:
    everywhere = python("teleconsult", "dicom_node", "workers", "tests", "tools")
    lengths = {f"{path}::{name}": length for path in everywhere for name, length in _function_lengths(path).items()}
    assert {name: length for name, length in lengths.items() if length > 60 and name not in LONG_FUNCTIONS} == {}


def test_files_of_the_screens_are_short() -> None:
    lengths = {str(path): _lines(path) for path in screens()}
    assert statistics.median(lengths.values()) <= 80
    assert {path: lines for path, lines in lengths.items() if lines > 300 and path not in LONG_FILES} == {}


def _lines(path: Path) -> int:
    return len(text(path).splitlines())


def _function_lengths(path: Path) -> dict[str, int]:
    """Lines from `def` to the end, the docstring not counted: a promise may be as long as it needs to be."""
    if str(path).startswith(LISTS):
        return {}
    return {node.name: (node.end_lineno or node.lineno) - node.lineno + 1 - _promise(node) for node in functions(path)}


def _promise(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return (first.end_lineno or first.lineno) - first.lineno + 1
    return 0


def _ninth_decile(lengths: Sequence[int]) -> float:
    return statistics.quantiles(lengths, n=10)[-1]
