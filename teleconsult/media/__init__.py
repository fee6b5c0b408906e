"""The media node: RTP from seat to seat. `serve` runs one until SIGTERM."""

from teleconsult.media.main import serve

__all__ = ["serve"]
