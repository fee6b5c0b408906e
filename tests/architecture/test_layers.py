"""Call down, announce up (architecture: the dependency rule)."""

import ast
import tomllib
from pathlib import Path

from importlinter.cli import lint_imports

from tests.architecture.tree import ROOT, python, tree

# An import inside a function is allowed here, each for its reason; the command line may have them anywhere.
LATE_IMPORTS = {
    "teleconsult/blobs.py": "boto3 is installed only with the extra `s3`",
    "teleconsult/imaging/pinyin.py": "pypinyin reads its dictionaries when it is imported, and most processes spell no name",
}


def test_import_linter_keeps_every_contract(capfd: object) -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0, "run .venv/bin/lint-imports"


def test_every_module_of_the_product_has_its_place_in_the_layers() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    placed = {name.strip(" ()") for layer in layers for name in layer.split("|")}
    present = {".".join(path.with_suffix("").parts[:2]) for path in python("teleconsult")}
    assert present - placed <= {"teleconsult.__init__", "teleconsult.__main__"}


def test_imports_stand_at_the_top_of_their_file() -> None:
    late = {str(path) for path in python() if _late(path) and not _is_command(path)}
    assert late == set(LATE_IMPORTS), "move the import up, or give the exception its line and reason"


def _late(path: Path) -> bool:
    return any(
        isinstance(inner, ast.Import | ast.ImportFrom)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for inner in ast.walk(node)
    )


def _is_command(path: Path) -> bool:
    return path.parts[:2] in {("teleconsult", "cli"), ("teleconsult", "cli.py")} or path.name == "__main__.py"
