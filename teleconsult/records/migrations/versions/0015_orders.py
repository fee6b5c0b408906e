"""Orders (modality worklist), performed steps, storage commitments."""

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Filled by what follows."""
