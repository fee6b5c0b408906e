"""Raw RTP forwarding: the one home of aiortc's, aioice's and pylibsrtp's private names (`docs/why/media.md`).

Nothing outside this package imports them. `choose_way` proves at start that they still mean what is assumed here.
"""

from teleconsult.media.forward.connections import Publication, Subscription, pulse
from teleconsult.media.forward.feed import Feed
from teleconsult.media.forward.line import Ways
from teleconsult.media.forward.outbound import Slot
from teleconsult.media.forward.sdp import fingerprint, kinds
from teleconsult.media.forward.selftest import CannotForward, choose_way

__all__ = [
    "CannotForward",
    "Feed",
    "Publication",
    "Slot",
    "Subscription",
    "Ways",
    "choose_way",
    "fingerprint",
    "kinds",
    "pulse",
]
