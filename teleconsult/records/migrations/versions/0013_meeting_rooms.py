"""Meeting rooms: who is admitted to which case."""

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Filled by what follows."""
