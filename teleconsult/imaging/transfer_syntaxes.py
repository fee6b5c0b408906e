"""The transfer syntaxes in which objects are taken, at every door: those that PS3.6 registers. Nobody could read what came in another."""

from typing import Final

from pydicom.uid import AllTransferSyntaxes

# Registered in PS3.6, but missing from pydicom's AllTransferSyntaxes (3.0.2) and therefore from pynetdicom's list (3.0.4).
_ADDED = tuple(
    f"1.2.840.10008.1.2.{tail}"
    for tail in (
        "1.98",  # Encapsulated Uncompressed Explicit VR Little Endian
        "4.52", "4.53", "4.54", "4.55", "4.56", "4.58", "4.59",  # retired JPEG processes: archives still hold them
        "4.60", "4.61", "4.62", "4.63", "4.64", "4.65", "4.66",
        "4.94", "4.95",  # JPIP Referenced (Deflate): the header comes here, the pixels stay elsewhere
        "4.110", "4.111", "4.112",  # JPEG XL
        "8.1",  # Deflated Image Frame Compression
    )
)  # fmt: skip
TAKEN: tuple[str, ...] = (*map(str, AllTransferSyntaxes), *_ADDED)
_TAKEN: Final = frozenset(TAKEN)


def is_taken(transfer_syntax: str) -> bool:
    return transfer_syntax in _TAKEN
