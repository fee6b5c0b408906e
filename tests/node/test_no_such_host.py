"""A destination whose host name leads nowhere is a destination that is away, and no failure of ours."""

from __future__ import annotations

import pytest

from dicom_node.associate import Patience, associated
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.web.echo import echo

VERIFICATION = [("1.2.840.10008.1.1", ["1.2.840.10008.1.2"])]


@pytest.mark.parametrize("host", ["no-such-host.invalid", "x y", "a" * 64 + ".invalid"])
def test_a_host_that_does_not_resolve_is_away(host: str) -> None:
    with (
        pytest.raises(Refused) as refused,
        associated((host, 104), "PACS", "TELECONSULT", VERIFICATION, Patience(connect=2)),
    ):
        pytest.fail("nobody can be there")
    assert (refused.value.meaning, refused.value.code) == (Meaning.BUSY, "peer.away")
    assert echo(host, 104, "PACS", "TELECONSULT").code == "echo.unreachable"
