"""What `/healthz` says of images that are safe and cannot be found yet."""

from __future__ import annotations

import os
import time

from flask import Flask

from teleconsult.imaging.receipts import Receipt
from teleconsult.kernel.values import new_id, sha256_hex
from tests.builders import Alliance


def test_healthz_says_when_acknowledged_images_have_waited_long_for_the_index(app: Flask, alliance: Alliance) -> None:
    folder = alliance.system.blobs.staging() / f"node-{new_id()}"
    folder.mkdir()
    received = folder / f"store-{new_id()}.part"
    meta = b"DICM"
    receipt = Receipt(new_id(), alliance.system.clock.now(), 128 + len(meta), 2, sha256_hex(b"xx"))
    received.write_bytes(receipt.preamble(meta) + meta + b"xx")
    (folder / f"store-{new_id()}.part").touch()  # made ready for what may come

    def said() -> str:
        answer = app.test_client().get("/healthz").json
        return str(answer["checks"]["index"]) if answer else ""

    assert said() == "ok"
    os.utime(received, (time.time() - 300, time.time() - 300))
    assert said() == "behind"
    received.unlink()
    assert said() == "ok"
