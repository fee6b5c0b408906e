"""What is generated from the code is as the code is now."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import is_dataclass
from enum import Enum
from typing import Any, get_args

from pydantic import BaseModel

from teleconsult.web import export
from tests.architecture.tree import ROOT


def test_the_openapi_document_is_the_present_one() -> None:
    assert (ROOT / export.OPENAPI).read_text(encoding="utf-8") == export.openapi(), "stale: run make export"


def test_the_lifecycle_page_is_the_present_one() -> None:
    assert (ROOT / export.LIFECYCLES).read_text(encoding="utf-8") == export.lifecycles(), "stale: run make export"


def test_each_name_in_the_openapi_document_is_that_of_one_model() -> None:
    document = json.loads(export.openapi())
    found: dict[str, set[type]] = defaultdict(set)
    for model in _models(BaseModel):
        for each in (model, *_told_of(model)):
            found[each.__name__].add(each)
    assert found.keys() >= document["components"]["schemas"].keys() - {"ValidationErrorModel"}, "one is not looked at"
    shared = {name: sorted(each.__module__ for each in types) for name, types in found.items() if len(types) > 1}
    assert not shared, "the one hides the other in the document"


def _models(of: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Those of the API, of which any may be described there one day."""
    for model in of.__subclasses__():
        if model.__module__.startswith("teleconsult.web."):
            yield model
        yield from _models(model)


def _told_of(model: type[BaseModel]) -> Iterator[type]:
    """Classes in its fields that are no models, and have a name in the document all the same."""
    waiting: list[Any] = [field.annotation for field in model.model_fields.values()]
    while waiting:
        each = waiting.pop()
        if isinstance(each, type) and (is_dataclass(each) or issubclass(each, Enum)):
            yield each
        waiting += get_args(each)
