"""Words (architecture §6): modules and classes are named for what they are, in the field's terms."""

import ast
import re

from tests.architecture.tree import python, tree

SAY_NOTHING = {"manager", "service", "helper", "helpers", "util", "utils", "handler", "base", "data", "process", "misc"}
ALLOWED = {
    "teleconsult/records/schema.py::Base": "SQLAlchemy's own word for the class that knows all tables",
}


def test_no_name_is_a_word_that_says_nothing() -> None:
    found = set()
    for path in python("teleconsult", "dicom_node", "workers", "tests", "tools"):
        if SAY_NOTHING & set(path.stem.split("_")):
            found.add(str(path))
        found |= {
            f"{path}::{node.name}"
            for node in ast.walk(tree(path))
            if isinstance(node, ast.ClassDef) and SAY_NOTHING & _words(node.name)
        }
    assert found == set(ALLOWED)


def _words(name: str) -> set[str]:
    """`AuditLogHandler` → audit, log, handler. A data set is DICOM's own word."""
    name = name.replace("DataSet", "Dataset")
    return {word.lower() for word in re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+", name)}
