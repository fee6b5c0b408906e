"""What of a VP8 RTP payload must be read to forward and to keep it (RFC 7741). Pure."""


def head(payload: bytes, at: int = 0) -> int:
    """Where the picture's own bytes begin behind the payload descriptor (RFC 7741 4.2); -1 when the descriptor is cut off."""
    end = len(payload)
    if at >= end:
        return -1
    first, place = payload[at], at + 1
    if first & 0x80:
        if place >= end:
            return -1
        more = payload[place]
        place += 1
        if more & 0x80:  # picture id, 7 or 15 bits
            if place >= end:
                return -1
            place += 2 if payload[place] & 0x80 else 1
        if more & 0x40:  # TL0PICIDX
            place += 1
        if more & 0x30:  # TID, KEYIDX
            place += 1
    return place if place < end else -1


def begins_frame(payload: bytes, at: int = 0) -> bool:
    """Whether the first partition of a frame begins here (S = 1, PID = 0)."""
    return at < len(payload) and payload[at] & 0x17 == 0x10


def begins_key_frame(payload: bytes, at: int = 0) -> bool:
    """Whether a picture that needs no other begins in this packet: only here may a slot take up a source."""
    if not begins_frame(payload, at):
        return False
    place = head(payload, at)
    return place >= 0 and not payload[place] & 1


def is_key_frame(frame: bytes) -> bool:
    return len(frame) >= 10 and not frame[0] & 1 and frame[3:6] == b"\x9d\x01\x2a"


def size(frame: bytes) -> tuple[int, int]:
    """Width and height that a key frame names (RFC 6386 9.1)."""
    return int.from_bytes(frame[6:8], "little") & 0x3FFF, int.from_bytes(frame[8:10], "little") & 0x3FFF
