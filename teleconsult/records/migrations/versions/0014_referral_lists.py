"""Referrals sorted as their lists show them."""

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Filled by what follows."""
