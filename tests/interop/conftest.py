"""The same alliance and node as in tests/node."""

from tests.node.conftest import alliance, apart, browser, dicomweb, node, scanner, seeded

__all__ = ["alliance", "apart", "browser", "dicomweb", "node", "scanner", "seeded"]
