"""Resumable uploads from gateways and browsers."""

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Filled by what follows."""
