"""The source files as the architecture tests see them: what git tracks or would track, parsed once."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("teleconsult", "dicom_node", "workers")
SHELLS = ("dicom_node", "workers", "teleconsult/web", "teleconsult/media")


@cache
def files() -> tuple[Path, ...]:
    """Every file of the repository, relative to its root, without what .gitignore names."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    named = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(Path(name) for name in sorted(filter(None, named.split("\0"))) if (ROOT / name).is_file())


@cache
def python(*tops: str) -> tuple[Path, ...]:
    """Python files below the named top folders (default: the product)."""
    wanted = tops or PRODUCT
    return tuple(path for path in files() if path.suffix == ".py" and path.parts[0] in wanted)


@cache
def screens() -> tuple[Path, ...]:
    """TypeScript sources of the screens, tests and generated files left out."""
    return tuple(
        path
        for path in files()
        if path.parts[:2] == ("reading_ui", "src")
        and path.suffix in {".ts", ".tsx"}
        and ".test." not in path.name
        and not path.name.endswith(".d.ts")
    )


@cache
def text(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(text(path), str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imported(path: Path) -> Iterator[tuple[str, int]]:
    """Each absolute import that is carried out (not those for type checkers only), as (dotted name, line)."""
    for node in _carried_out(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def _carried_out(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)):
            yield child
            yield from _carried_out(child)
