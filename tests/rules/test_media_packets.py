"""Numbers that run on across switches and wraps, VP8 payloads, descriptions from browsers, relay credentials: all without a socket."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pylibsrtp import Policy, Session

from teleconsult import turn
from teleconsult.media import vp8
from teleconsult.media.continuity import Continuity
from teleconsult.media.forward import sdp
from teleconsult.media.forward.distance import Distance, asks
from teleconsult.media.forward.line import Cell, unprotected
from teleconsult.media.forward.wire import HEADER
from teleconsult.media.track import Frames

SEQ, TS = st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF)


@given(SEQ, TS, SEQ, TS)
@example(65000, 0xFFFFF000, 60000, 0xFFFF0000)
def test_three_wraps_have_no_discontinuity(start: int, start_ts: int, seq: int, ts: int) -> None:
    numbers = Continuity(90000, start, start_ts)
    numbers.switch(seq, ts, 0.0)
    last: tuple[int, int | None] = (start, None)
    for step in range(200_000):
        placed = numbers.place((seq + step) & 0xFFFF, (ts + step * 3600) & 0xFFFFFFFF, step * 0.04)
        assert placed is not None
        assert (placed[0] - last[0]) & 0xFFFF == 1
        if last[1] is not None:
            assert (placed[1] - last[1]) & 0xFFFFFFFF == 3600
        last = placed
        if step > 2000 and start != 65000:
            break


@given(SEQ, TS, SEQ, TS, st.floats(0, 60))
def test_a_switch_is_the_next_packet_as_much_later_as_it_is(
    seq: int, ts: int, other: int, other_ts: int, passed: float
) -> None:
    numbers = Continuity(90000, 10, 20)
    numbers.switch(seq, ts, 0.0)
    before = numbers.place(seq, ts, 100.0)
    numbers.switch(other, other_ts, 100.0 + passed)
    after = numbers.place(other, other_ts, 100.0 + passed)
    assert before is not None
    assert after is not None
    assert (after[0] - before[0]) & 0xFFFF == 1
    assert (after[1] - before[1]) & 0xFFFFFFFF == max(int((100.0 + passed - 100.0) * 90000), 1)


@given(SEQ, st.integers(1, 500))
def test_what_comes_late_from_before_the_switch_is_dropped_and_what_was_only_overtaken_is_not(
    seq: int, late: int
) -> None:
    numbers = Continuity(90000, 10, 20)
    numbers.switch(seq, 0, 0.0)
    assert numbers.place((seq - late) & 0xFFFF, 0, 0.0) is None
    for step in (0, 2):
        numbers.place((seq + step) & 0xFFFF, step, 0.0)
    assert numbers.place((seq + 1) & 0xFFFF, 1, 0.0) == (12, 22)


def test_a_packet_out_of_order_is_still_taken_when_the_switch_is_long_past() -> None:
    numbers = Continuity(90000, 10, 20)
    numbers.switch(0, 0, 0.0)
    for step in range(200_000):
        numbers.place(step & 0xFFFF, step, 0.0)
        if step > 5 and step % 1000 == 0:
            assert numbers.place((step - 3) & 0xFFFF, step, 0.0) is not None


def payload(*, key: bool, descriptor: bytes = b"\x90\x80\x81\x02") -> bytes:
    return descriptor + bytes([0x10 if key else 0x11, 2, 0, 0x9D, 1, 0x2A, 0x40, 1, 0xF0, 0]) + b"x" * 20


@pytest.mark.parametrize("descriptor", [b"\x10", b"\x90\x80\x01", b"\x90\x80\x81\x02", b"\x90\xf0\x81\x02\x07\x60"])
def test_a_key_frame_is_known_behind_every_payload_descriptor(descriptor: bytes) -> None:
    assert vp8.begins_key_frame(payload(key=True, descriptor=descriptor))
    assert not vp8.begins_key_frame(payload(key=False, descriptor=descriptor))
    frame = payload(key=True, descriptor=descriptor)[vp8.head(payload(key=True, descriptor=descriptor)) :]
    assert vp8.is_key_frame(frame)
    assert vp8.size(frame) == (320, 240)


@given(st.binary(max_size=12))
def test_no_payload_breaks_the_reader(content: bytes) -> None:
    vp8.begins_key_frame(content)
    assert vp8.head(content) < max(len(content), 1)


def test_frames_are_put_together_in_any_order_and_after_a_gap_only_from_a_key_frame_on() -> None:
    frames = Frames("video")
    packets = [(payload(key=number % 10 == 0), 0x80, number, number * 3000, number * 0.04) for number in range(60)]
    whole = [frame for packet in (packets[1], packets[0]) for frame in frames.push(*packet)]
    assert whole == []  # the first that came counts as the first; what was before it is gone
    for packet in [*packets[2:12], packets[13], packets[12], *packets[14:22]]:
        whole += frames.push(*packet)
    assert [frame[1] // 3000 for frame in whole] == list(range(10, 22))
    assert not frames.broken
    late = [frame for packet in packets[24:] for frame in frames.push(*packet)]
    assert frames.gaps == 1
    assert [frame[1] // 3000 for frame in late] == list(range(30, 60))


OFFER = "\r\n".join(
    [
        "v=0",
        "a=group:BUNDLE 0 1",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "a=mid:0",
        "a=fingerprint:sha-256 AB:CD",
        "a=candidate:1 1 udp 2122260223 192.0.2.7 50000 typ host generation 0",
        "a=candidate:2 1 udp 2122260222 0a1b.local 50001 typ host",
        "a=candidate:3 1 tcp 1518280447 192.0.2.7 9 typ host tcptype active",
        "a=end-of-candidates",
        "m=video 9 UDP/TLS/RTP/SAVPF 96",
        "a=mid:1",
        "a=inactive",
        "",
    ]
)


def test_candidates_move_to_the_last_section_and_names_that_nobody_can_look_up_go() -> None:
    ours = sdp.for_us(OFFER)
    last = ours[ours.rindex("m=video") :]
    assert "192.0.2.7 50000" in last
    assert ours.count("a=candidate:") == 1
    assert ".local" not in ours
    assert "end-of-candidates" not in ours
    assert sdp.fingerprint(OFFER) == "AB:CD"
    assert sdp.kinds(OFFER) == {"0": "audio"}


@pytest.mark.parametrize("text", ["", "v=0\r\n", OFFER + "m=application 9 x y\r\n", OFFER * 200])
def test_what_is_no_description_of_sound_and_pictures_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"media|forwarded"):
        sdp.for_us(text)


def test_behind_nat_the_public_address_stands_beside_our_own() -> None:
    own = sdp.for_us(OFFER)
    said = sdp.for_them(own, "198.51.100.4")
    assert "198.51.100.4 50000 typ host" in said
    assert "192.0.2.7 50000" in said
    assert sdp.for_them(own, "2001:db8::1") == own
    assert sdp.for_them(own) == own


def test_relay_credentials_are_what_coturn_computes_and_end_when_they_say() -> None:
    (server,) = turn.ice_servers(
        turn.addresses("turn:t.example:3478?transport=udp, turns:t.example:443"), "geheim", "p1", 1000, 60
    )
    assert server["urls"] == ["turn:t.example:3478?transport=udp", "turns:t.example:443"]
    assert server["username"] == "1060:p1"
    expected = hmac.new(b"geheim", b"1060:p1", hashlib.sha1).digest()
    assert base64.b64decode(server["credential"]) == expected
    assert turn.ice_servers([], "geheim", "p1", 1000, 60) == []
    assert turn.ice_servers(["turn:x"], "", "p1", 1000, 60) == []


def extended(ssrc: int, *blocks: bytes) -> bytes:
    content = ssrc.to_bytes(4, "big") + b"".join(blocks)
    return bytes([0x80, 207]) + (len(content) // 4).to_bytes(2, "big") + content


def reference(seconds: int, fraction: int) -> bytes:
    return bytes([4, 0, 0, 2]) + seconds.to_bytes(4, "big") + fraction.to_bytes(4, "big")


def test_a_browser_that_only_receives_is_told_how_far_away_we_are() -> None:
    report = bytes([0x80, 201, 0, 1]) + (1).to_bytes(4, "big")
    asked = report + extended(7, bytes([9, 0, 0, 1]) + b"else", reference(0xE1234567, 0x89ABCDEF))
    assert asks(asked) == [(7, 0x456789AB)]
    distance = Distance()
    told = distance.answer(asked, 10.0)
    assert told.hex(" ", 4) == "80cf0005 00000001 05000003 00000007 456789ab 00000000"
    assert distance.answer(asked, 10.2) == b""
    assert distance.answer(asked, 10.6) == told
    assert distance.answer(report, 20.0) == b""


def test_a_crowd_of_askers_is_not_remembered() -> None:
    distance = Distance()
    told = [ssrc for ssrc in range(1, 101) if distance.answer(extended(ssrc, reference(1, 1 << 31)), 5.0)]
    assert told == list(range(1, 33))


@given(st.binary(max_size=200))
@example(extended(1, bytes([4, 0, 0, 2]) + b"cut"))
@example(bytes([0x80, 207, 0xFF, 0xFF]))
def test_reports_that_are_cut_or_garbage_are_passed_over(content: bytes) -> None:
    assert len(Distance().answer(content, 1.0)) % 4 == 0


def test_our_offer_lets_each_codec_ask_and_repairs_not() -> None:
    offer = "m=video 9 x 97 98\r\na=rtpmap:97 VP8/90000\r\na=rtpmap:98 rtx/90000\r\na=fmtp:98 apt=97\r\n"
    assert sdp.asking_how_far(offer).split("\r\n")[1:4] == [
        "a=rtpmap:97 VP8/90000",
        "a=rtcp-fb:97 rrtr",
        "a=rtpmap:98 rtx/90000",
    ]


@pytest.mark.parametrize("begin", [0, 65_000])
def test_a_picture_of_which_most_packets_were_left_lying_is_still_decrypted_after_its_numbers_came_round(
    begin: int,
) -> None:
    """What nobody is shown is decrypted once in 64 packets: SRTP counts the wraps of the numbers by that."""
    key = bytes(range(30))
    sender, keys = Session(Policy(key, Policy.SSRC_ANY_OUTBOUND)), Session(Policy(key, Policy.SSRC_ANY_INBOUND))
    cell = Cell()
    for number in range(begin, begin + 200_000):
        packet = HEADER.pack(0x80, 96, number & 0xFFFF, 0, 7) + b"picture"
        protected = sender.protect(packet)
        if number % 64 == 0 or number >= begin + 199_000:
            cell.bytes[: len(protected)] = protected
            assert unprotected(keys, cell, len(protected)) == packet
    assert unprotected(keys, cell, len(protected)) is None
