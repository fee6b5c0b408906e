"""Reports: written, reviewed, signed, printed."""
