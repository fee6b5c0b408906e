"""Indexes that finding at scale needs."""

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Filled by what follows."""
