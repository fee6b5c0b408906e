"""MDT boards and meetings."""

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Filled in with the feature."""
