"""What `imaging` announces. No details name a patient."""

from teleconsult.kernel.facts import Fact
from teleconsult.kernel.values import Json


def study_arrived(study_id: str, site_id: str, modality: str, priority: str) -> Fact:
    """The first object of a study is stored. Further objects announce nothing; the study counts them."""
    return Fact(
        "StudyArrived", "study", study_id, 1, study_id, (site_id,), {"modality": modality, "priority": priority}
    )


def study_settled(study_id: str, version: int, sites: tuple[str, ...], instances: int, late: bool) -> Fact:
    """Nothing came for the study's quiet time. `late`: it had been prepared before, so what came since is late."""
    return Fact("StudySettled", "study", study_id, version, study_id, sites, {"instances": instances, "late": late})


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


def quarantine_resolved(quarantine_id: str, version: int, study_id: str | None, site_id: str) -> Fact:
    return Fact("QuarantineResolved", "quarantine", quarantine_id, version, study_id, (site_id,))


def images_opened(study_id: str) -> Fact:
    return Fact("ImagesOpened", "study", study_id, study_id=study_id)


def images_retrieved(study_id: str, objects: int, to: str) -> Fact:
    """A peer takes objects away, or has them sent, to the AE title `to`."""
    return Fact("ImagesOpened", "study", study_id, study_id=study_id, details={"objects": objects, "to": to})


def object_taken(study_id: str, sop_uid: str) -> Fact:
    return Fact("ObjectDownloaded", "study", study_id, study_id=study_id, details={"sop_uid": sop_uid})
