"""The web shell: UI, JSON API, DICOMweb's host, live sockets. It translates; it decides nothing."""
