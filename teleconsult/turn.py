"""Credentials for the TURN relay, made the way coturn's `use-auth-secret` checks them: nothing is stored, nothing is shared but the secret."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import TypedDict


class IceServer(TypedDict):
    """As the browser's RTCPeerConnection takes it."""

    urls: list[str]
    username: str
    credential: str


def ice_servers(urls: Sequence[str], secret: str, person_id: str, now: float, seconds: int) -> list[IceServer]:
    """What a person's browser may use until `now + seconds`; empty when no relay is set up.

    The browser is told UDP, TCP and TLS addresses alike and finds out by itself which the hospital's firewall lets through.
    """
    if not urls or not secret:
        return []
    name = f"{int(now) + seconds}:{person_id}"
    digest = hmac.new(secret.encode(), name.encode(), hashlib.sha1).digest()
    return [IceServer(urls=list(urls), username=name, credential=base64.b64encode(digest).decode())]


def addresses(setting: str) -> list[str]:
    """The relay's addresses from one setting, separated by spaces or commas."""
    return [word for word in setting.replace(",", " ").split() if word.startswith(("turn:", "turns:", "stun:"))]
