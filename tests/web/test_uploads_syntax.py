"""An upload in a transfer syntax that nobody knows is refused, as C-STORE and STOW-RS refuse it."""

from __future__ import annotations

from teleconsult.imaging import InstanceRow, QuarantineRow
from tests import synth
from tests.arriving import relabelled
from tests.builders import Alliance
from tests.web.test_uploads import Browsers, count, gateway, person


def test_a_private_transfer_syntax_is_refused_and_kept_for_the_technologist(
    alliance: Alliance, browser: Browsers
) -> None:
    for sending in (person(alliance, browser), gateway(alliance, browser)):
        refused = sending.whole(relabelled(synth.as_bytes(synth.ct_slice()), "1.2.840.113619.5.2"))
        assert (refused["kind"], refused["code"]) == ("refused", "object.unreadable")
    assert (count(alliance, InstanceRow), count(alliance, QuarantineRow)) == (0, 2)
