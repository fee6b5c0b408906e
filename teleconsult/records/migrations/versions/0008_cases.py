"""Cases, who may see them, and referrals."""

revision = "0008"
down_revision = "0006"


def upgrade() -> None:
    """Filled in with the feature."""
