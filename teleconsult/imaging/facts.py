"""What `imaging` announces. No details name a patient."""

from collections.abc import Mapping

from teleconsult.kernel.facts import Fact
from teleconsult.kernel.values import Json


def study_arrived(study_id: str, site_id: str, modality: str, priority: str) -> Fact:
    """The first object of a study is stored. Further objects announce nothing; the study counts them."""
    return Fact(
        "StudyArrived", "study", study_id, 1, study_id, (site_id,), {"modality": modality, "priority": priority}
    )


def study_settled(
    study_id: str, version: int, sites: tuple[str, ...], instances: int, late: bool, less: tuple[int, int] | None = None
) -> Fact:
    """Nothing came for the study's quiet time. `late`: it had been prepared before, so what came since is late. `less`: how many have come
    of how many somebody has announced, where it is known to be incomplete."""
    details: dict[str, Json] = {"instances": instances, "late": late}
    if less is not None:
        here, expected = less
        details |= {"expected": expected} if here == instances else {"here": here, "expected": expected}
    return Fact("StudySettled", "study", study_id, version, study_id, sites, details)


def late_images_arrived(study_id: str, version: int, sites: tuple[str, ...], instances: int) -> Fact:
    return Fact("LateImagesArrived", "study", study_id, version, study_id, sites, {"instances": instances})


def study_prepared(study_id: str, version: int, sites: tuple[str, ...], problems: int) -> Fact:
    """Manifest, metadata and previews are made; `problems` objects could not be drawn."""
    return Fact("StudyPrepared", "study", study_id, version, study_id, sites, {"problems": problems})


def instance_conflicted(quarantine_id: str, study_id: str, sites: tuple[str, ...], sop_uid: str, sender: str) -> Fact:
    """A SOP Instance UID came again with other content. The first stays, the second is in quarantine."""
    return Fact(
        "InstanceConflicted", "quarantine", quarantine_id, 1, study_id, sites, {"sop_uid": sop_uid, "sender": sender}
    )


def identity_conflicted(quarantine_id: str, study_id: str, sites: tuple[str, ...], sop_uid: str, sender: str) -> Fact:
    """An object claims a known study for another patient. It is in quarantine."""
    return Fact(
        "IdentityConflicted", "quarantine", quarantine_id, 1, study_id, sites, {"sop_uid": sop_uid, "sender": sender}
    )


def object_refused(quarantine_id: str, site_id: str, code: str, sender: str, kept: bool) -> Fact:
    """An object could not be taken in; `kept` says whether its bytes are in quarantine."""
    details: dict[str, Json] = {"code": code, "sender": sender, "kept": kept}
    return Fact("ObjectRefused", "quarantine", quarantine_id, 1, None, (site_id,), details)


def transfer_cut_off(quarantine_id: str, site_id: str, sop_uid: str, sender: str, cause: str) -> Fact:
    """An object did not come whole; nothing of it is kept."""
    details: dict[str, Json] = {"sop_uid": sop_uid, "sender": sender, "cause": cause}
    return Fact("TransferCutOff", "quarantine", quarantine_id, 1, None, (site_id,), details)


def quarantine_resolved(quarantine_id: str, version: int, study_id: str | None, site_id: str) -> Fact:
    return Fact("QuarantineResolved", "quarantine", quarantine_id, version, study_id, (site_id,))


def images_opened(study_id: str) -> Fact:
    return Fact("ImagesOpened", "study", study_id, study_id=study_id)


def images_retrieved(study_id: str, objects: int, to: str) -> Fact:
    """A peer takes objects away, or has them sent, to the AE title `to`."""
    return Fact("ImagesOpened", "study", study_id, study_id=study_id, details={"objects": objects, "to": to})


def object_taken(study_id: str, sop_uid: str) -> Fact:
    return Fact("ObjectDownloaded", "study", study_id, study_id=study_id, details={"sop_uid": sop_uid})


def commitment_asked(key: str, version: int, site_id: str, ae_title: str, objects: int) -> Fact:
    """A peer wants us to answer for objects (PS3.4 Annex J)."""
    details: dict[str, Json] = {"ae_title": ae_title, "objects": objects}
    return Fact("CommitmentAsked", "commitment", key, version, None, (site_id,), details)


def commitment_reported(key: str, version: int, site_id: str, ae_title: str, committed: int, failed: int) -> Fact:
    """The peer has been told what we answer for, and what not."""
    details: dict[str, Json] = {"ae_title": ae_title, "committed": committed, "failed": failed}
    return Fact("CommitmentReported", "commitment", key, version, None, (site_id,), details)


def line_check(name: str, key: str, site_id: str, ae_title: str, **details: Json) -> Fact:
    """`name` is LineCheckAsked or LineCheckDone."""
    return Fact(name, "line_check", key, 0, None, (site_id,), {"ae_title": ae_title, **details})


def conflict_decided(
    decision_id: str, version: int, verb: str, study_id: str | None, sites: tuple[str, ...], details: dict[str, Json]
) -> Fact:
    """Somebody decided about objects that contradict a study. `details`: how many objects, and why."""
    name = "ConflictDecided" if version == 1 else "ConflictDecisionUndone"
    return Fact(name, "identity", decision_id, version, study_id, sites, {"verb": verb, **details})


def study_identity_changed(
    study_id: str, version: int, sites: tuple[str, ...], fields: list[str], differs: bool
) -> Fact:
    """A study is of whom the object names that was taken in the place of its first one, or again of whom it was. `fields`: what of the
    person reads otherwise now; `differs`: the study is marked, for not all that is known of it names the same person."""
    details: dict[str, Json] = {"fields": list(fields), "differs": differs}
    return Fact("StudyIdentityChanged", "study", study_id, version, study_id, sites, details)


def patients_merged(
    decision_id: str, version: int, sites: tuple[str, ...], gone_id: str, kept_id: str, reason: str,
    studies: tuple[str, ...],
) -> Fact:  # fmt: skip
    """Two patient numbers are one person from now on, or (an even version) are two again. Numbers are named by their rows alone; `studies`
    are those under them, which say so to whoever looks at one."""
    name = "PatientsMerged" if version == 1 else "PatientsUnmerged"
    details: dict[str, Json] = {"gone": gone_id, "kept": kept_id, "reason": reason, "studies": list(studies)}
    return Fact(name, "identity", decision_id, version, None, sites, details)


def key_objects_arrived(study_id: str, site_id: str, sop_uid: str, sender: str) -> Fact:
    """A key object selection came: it may reject objects (IHE IOCM)."""
    return Fact("KeyObjectsArrived", "study", study_id, 0, study_id, (site_id,), {"sop_uid": sop_uid, "sender": sender})


def objects_rejected(study_id: str, version: int, sites: tuple[str, ...], code: str, objects: int, by: str) -> Fact:
    """Objects of a study are shown to nobody any more; `code` says why."""
    details: dict[str, Json] = {"code": code, "objects": objects, "sender": by}
    return Fact("ObjectsRejected", "study", study_id, version, study_id, sites, details)


def rejection_lifted(study_id: str, version: int, sites: tuple[str, ...], objects: int, reason: str) -> Fact:
    """Objects that were rejected are shown again; the notes that said so are not counted."""
    details: dict[str, Json] = {"objects": objects, "reason": reason}
    return Fact("RejectionLifted", "study", study_id, version, study_id, sites, details)


def rejection_ignored(study_id: str, site_id: str, sop_uid: str, sender: str, objects: int) -> Fact:
    """A rejection note names objects that are not its hospital's: nothing was done with those."""
    details: dict[str, Json] = {"sop_uid": sop_uid, "sender": sender, "objects": objects}
    return Fact("RejectionIgnored", "study", study_id, 0, study_id, (site_id,), details)


def rejection_repeated(study_id: str, site_id: str, sop_uid: str, sender: str) -> Fact:
    """A rejection note came again after its images were shown again: nothing was done. Only another note rejects them."""
    return Fact("RejectionRepeated", "study", study_id, 0, study_id, (site_id,), {"sop_uid": sop_uid, "sender": sender})


def study_redrawn(study_id: str, version: int, sites: tuple[str, ...]) -> Fact:
    """The list of a study's pictures is made anew: what was rejected is out of it, what was taken back is in it."""
    return Fact("StudyRedrawn", "study", study_id, version, study_id, sites)


def manifest_lost(study_id: str, version: int, sites: tuple[str, ...]) -> Fact:
    """The list of a prepared study's pictures was asked for, and is missing or damaged: it is made anew as of `version`."""
    return Fact("ManifestLost", "study", study_id, version, study_id, sites)


def bytes_found_bad(
    scrub_id: str, kind: str, blob_key: str, study_id: str | None, sites: tuple[str, ...], image: Mapping[str, Json]
) -> Fact:
    """Bytes that were kept are missing or altered, or nothing points to them. `image`: the numbers of their image and its series, as far as
    they have any."""
    details: dict[str, Json] = {"kind": kind, "file": blob_key, **image}
    return Fact("StoredBytesFoundBad", "scrub", scrub_id, 0, study_id, sites, details)


def bytes_back(scrub_id: str, study_id: str, sites: tuple[str, ...], objects: int) -> Fact:
    """So many objects of a study that a round found missing or altered are right again."""
    return Fact("StoredBytesBack", "scrub", scrub_id, 0, study_id, sites, {"objects": objects})


def scrub_ended(scrub_id: str, version: int, objects: int, findings: int) -> Fact:
    details: dict[str, Json] = {"objects": objects, "findings": findings}
    return Fact("ScrubEnded", "scrub", scrub_id, version, None, (), details)
