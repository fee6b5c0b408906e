"""The media node: RTP from seat to seat."""
