"""What a study goes through until it can be read. Pure.

receiving → settled → prepared      quiet long enough, then previews and manifest made
settled, prepared → receiving       a late image: it settles and is prepared again
"""

from typing import Final

from teleconsult.kernel.lifecycle import Lifecycle

RECEIVING, SETTLED, PREPARED = "receiving", "settled", "prepared"

STUDY: Final = Lifecycle(
    start=RECEIVING,
    moves={
        (RECEIVING, "arrive"): RECEIVING,
        (RECEIVING, "settle"): SETTLED,
        (
            RECEIVING,
            "prepare",
        ): RECEIVING,  # an image came while the job was at it: what it made is shown, the rest follows
        (SETTLED, "arrive"): RECEIVING,
        (SETTLED, "prepare"): PREPARED,
        (PREPARED, "arrive"): RECEIVING,
        (PREPARED, "prepare"): PREPARED,  # the job may run twice
    },
)
