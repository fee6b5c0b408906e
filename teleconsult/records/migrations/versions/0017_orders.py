"""Orders of examinations, their performed steps, and what of the arrivals belongs to which."""

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    pass
