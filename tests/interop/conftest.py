"""The same alliance and node as in tests/node."""

from tests.node.conftest import alliance, browser, dicomweb, node, scanner, seeded

__all__ = ["alliance", "browser", "dicomweb", "node", "scanner", "seeded"]
