"""What is generated from the code is as the code is now."""

from teleconsult.web import export
from tests.architecture.tree import ROOT


def test_the_openapi_document_is_the_present_one() -> None:
    assert (ROOT / export.OPENAPI).read_text(encoding="utf-8") == export.openapi(), "stale: run make export"


def test_the_lifecycle_page_is_the_present_one() -> None:
    assert (ROOT / export.LIFECYCLES).read_text(encoding="utf-8") == export.lifecycles(), "stale: run make export"
