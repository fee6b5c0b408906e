"""Critical findings and signed papers."""

revision = "0010"
down_revision = "0008"


def upgrade() -> None:
    """Filled in with the feature."""
