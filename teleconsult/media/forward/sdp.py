"""What must be changed in the session descriptions (SDP) that come and go. Pure text."""

import re
from collections.abc import Sequence
from ipaddress import ip_address

MOST_BYTES = 64_000
MOST_SECTIONS = 16
_CANDIDATE = "a=candidate:"


def for_us(text: str) -> str:
    """A browser's description as aiortc can use it.

    Candidates move to the last m-section: with one bundle aiortc keeps only that section's. Names ending in `.local` go (they would be
    looked up for a second each; the browser's own checks tell us its address), and so does `end-of-candidates`, after which aiortc
    would not wait for those checks. ValueError for what is no description of sound and pictures.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    sections = [line for line in lines if line.startswith("m=")]
    if len(text) > MOST_BYTES or not 0 < len(sections) <= MOST_SECTIONS:
        raise ValueError("too long, or no media in it")
    if any(line.split(" ")[0] not in ("m=audio", "m=video") for line in sections):
        raise ValueError("only sound and pictures are forwarded")
    found = [line for line in lines if line.startswith(_CANDIDATE) and _usable(line)]
    kept = [line for line in lines if line and not line.startswith((_CANDIDATE, "a=end-of-candidates"))]
    return "\r\n".join([*kept, *dict.fromkeys(found)]) + "\r\n"


def for_them(text: str, public: str = "") -> str:
    """Our description for a browser; behind NAT with the public address beside each of our own of the same family, and preferred."""
    if not public:
        return text
    lines: list[str] = []
    for line in text.split("\r\n"):
        if line.startswith(_CANDIDATE):
            words = line.split(" ")
            if ip_address(words[4]).version == ip_address(public).version:
                lines.append(" ".join([*words[:3], str(min(int(words[3]) + 1, 2**31 - 1)), public, *words[5:]]))
        lines.append(line)
    return "\r\n".join(lines)


def asking_how_far(text: str) -> str:
    """Our offer with the words that let a browser ask for the round trip time (RFC 3611 5.1), for each codec that is sent."""
    return re.sub(r"^(a=rtpmap:(\d+) (?!rtx/).*\r\n)", r"\1a=rtcp-fb:\2 rrtr\r\n", text, flags=re.MULTILINE)


def fingerprint(text: str) -> str:
    """Of the certificate: another one means another connection of the browser, to be built anew here too."""
    found = re.search(r"^a=fingerprint:\S+ (\S+)", text, re.MULTILINE)
    return found[1].upper() if found else ""


def kinds(text: str) -> dict[str, str]:
    """mid → audio or video, of the m-sections that send something."""
    sent: dict[str, str] = {}
    for section in re.split(r"^m=", text, flags=re.MULTILINE)[1:]:
        mid = re.search(r"^a=mid:(\S+)", section, re.MULTILINE)
        if mid and not re.search(r"^a=(inactive|recvonly)\s*$", section, re.MULTILINE):
            sent[mid[1]] = section.split(" ")[0]
    return sent


def _usable(line: str) -> bool:
    words: Sequence[str] = line.split(" ")
    return len(words) >= 8 and words[2].lower() == "udp" and not words[4].lower().endswith(".local")
