"""What one node grants."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What one node grants. Seconds and bytes; the defaults suit a county's slow line."""

    associations: int = 128
    associations_per_peer: int = 64  # unless its row says otherwise
    minute_seconds: float = 60.0  # over which a peer's associations a minute are counted
    handshakes: int = 256  # of TLS, under way; then the oldest goes
    known_seconds: float = (
        2.0  # for which a handshake takes the peers' certificates as they were; who may come in is asked each time
    )
    connections: int = 256  # with those that have not yet said who they are
    request_seconds: float = 10.0  # ARTIM: for the whole A-ASSOCIATE-RQ (PS3.8 9.1.5)
    pdu_seconds: float = 60.0  # for one whole PDU once established
    idle_seconds: float = 120.0  # between PDUs
    max_pdu: int = 131072  # announced (PS3.8 D.1)
    pdu_bytes: int = 1 << 21  # some senders overstep what was announced; this is where it ends
    request_bytes: int = 1 << 20
    stop_seconds: float = 1.5  # for objects under way when the node is asked to stop
    most_waiting: int = 20_000  # objects acknowledged and not indexed yet; then senders are told to come again
    index_apart: bool = True  # by a process of its own; in a thread of this one otherwise


def limits_for(associations: int) -> Limits:
    """The usual ones with so many associations, and room for connections beside them."""
    return Limits(associations=associations, connections=max(Limits().connections, associations + 128))
