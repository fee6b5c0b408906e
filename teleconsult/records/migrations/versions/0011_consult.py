"""Experts, consultations and rooms."""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Filled in with the feature."""
