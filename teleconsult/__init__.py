"""Teleconsult: remote image reading and teleconsultation for a regional medical alliance."""

__version__ = "0.1.0"
