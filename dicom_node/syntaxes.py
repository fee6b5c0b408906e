"""What this node negotiates: every storage class, every transfer syntax, and nothing it could not keep as received."""

from collections.abc import Iterable

from pydicom._uid_dict import UID_dictionary
from pydicom.uid import UID
from pynetdicom import AllStoragePresentationContexts, build_context
from pynetdicom.presentation import PresentationContext

from teleconsult.imaging import transfer_syntaxes

VERIFICATION = "1.2.840.10008.1.1"
_IMPLICIT_LE = "1.2.840.10008.1.2"
STORAGE_SERVICE = "1.2.840.10008.4.2"
QUERIES = {"1.2.840.10008.5.1.4.1.2.1.1": "patient", "1.2.840.10008.5.1.4.1.2.2.1": "study"}
"""The C-FIND classes, by their root."""
MOVES = {"1.2.840.10008.5.1.4.1.2.1.2": "patient", "1.2.840.10008.5.1.4.1.2.2.2": "study"}
GETS = {"1.2.840.10008.5.1.4.1.2.1.3": "patient", "1.2.840.10008.5.1.4.1.2.2.3": "study"}
RETRIEVALS = {**MOVES, **GETS}
COMMITMENT = "1.2.840.10008.1.20.1"
"""Storage Commitment Push Model."""
WORKLIST = "1.2.840.10008.5.1.4.31"
"""Modality Worklist Information Model – FIND."""
PERFORMED_STEP = "1.2.840.10008.3.1.2.3.3"
"""Modality Performed Procedure Step."""
SERVICES: frozenset[str] = frozenset({VERIFICATION, COMMITMENT, WORKLIST, PERFORMED_STEP, *QUERIES, *RETRIEVALS})
"""The SOP classes beside storage that are accepted."""
_PLAIN_SYNTAXES = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2")

TRANSFER_SYNTAXES = transfer_syntaxes.TAKEN
_KNOWN_SYNTAXES = frozenset(TRANSFER_SYNTAXES)


def _is_patient_storage(uid: str, name: str) -> bool:
    """Hanging protocols, palettes, implant templates, protocols and inventories belong to no patient: they are no studies."""
    image_tree = uid.startswith("1.2.840.10008.5.1.4.1.1.") and not uid.startswith(
        ("1.2.840.10008.5.1.4.1.1.200.", "1.2.840.10008.5.1.4.1.1.201.")
    )
    others = ("1.2.840.10008.5.1.1.29", "1.2.840.10008.5.1.1.30", "1.2.840.10008.5.1.4.34.1")  # hardcopy, trial RT
    return "Storage" in name and (image_tree or uid in others)


STORAGE_CLASSES: frozenset[str] = frozenset(
    {str(context.abstract_syntax) for context in AllStoragePresentationContexts}
    | {uid for uid, entry in UID_dictionary.items() if entry[1] == "SOP Class" and _is_patient_storage(uid, entry[0])}
)


def is_stored(sop_class: str) -> bool:
    """Whether objects of the class are taken: all storage classes, and any class that PS3.6 as known here does not list.

    An unlisted class is private or newer than this program; its objects are kept, shown by name and offered for download
    rather than turned away at the hospital's door (PS3.4 B.3: an SCP may accept any storage class).
    """
    return sop_class in STORAGE_CLASSES or sop_class not in UID_dictionary


def supported(requested: Iterable[PresentationContext]) -> list[PresentationContext]:
    """The contexts to support for one association, from what its requestor proposes.

    For each class the known syntaxes stand in the order in which they were proposed: the sender knows best what it holds,
    so nothing is decompressed on the way (PS3.8 9.3.3.2 leaves the choice to the acceptor).
    """
    proposed = list(requested)
    wanted: dict[str, dict[str, None]] = {}
    for context in proposed:
        sop_class = str(context.abstract_syntax)
        if sop_class in SERVICES or is_stored(sop_class):
            understood = _PLAIN_SYNTAXES if sop_class in SERVICES else _KNOWN_SYNTAXES
            known = (str(s) for s in context.transfer_syntax if s in understood)
            wanted.setdefault(sop_class, {}).update(dict.fromkeys(known))
    # A known class with unknown syntaxes only is offered one that was not proposed: result 4, not 3 (PS3.8 9.3.3.2).
    contexts = [
        build_context(UID(sop_class), list(syntaxes) or [_IMPLICIT_LE]) for sop_class, syntaxes in wanted.items()
    ]
    if GETS.keys() & wanted.keys():
        for context in contexts:
            if context.abstract_syntax not in SERVICES:  # whoever gets may also be the one who stores (PS3.4 C.5.3)
                context.scu_role = context.scp_role = True
    return contexts
