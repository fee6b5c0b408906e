"""Merged patients, merged identities, completeness, scrubbing."""

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Filled by what follows."""
