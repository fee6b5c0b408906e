"""The same alliance and node as in tests/node."""

from tests.node.conftest import alliance, node, scanner

__all__ = ["alliance", "node", "scanner"]
