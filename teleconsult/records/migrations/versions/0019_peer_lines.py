"""TLS, identity and limits of a peer's line, commitments owed to it, and its line checks."""

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    pass
