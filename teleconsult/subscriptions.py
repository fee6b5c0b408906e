"""When this happened, these jobs are owed. Names only: whoever records a fact knows nobody above it."""

from collections.abc import Mapping

SUBSCRIPTIONS: Mapping[str, tuple[str, ...]] = {
    "StudyArrived": ("match_study",),
    "StudySettled": ("prepare", "match_study"),
    "OrderRegistered": ("match_order",),
    "OrderChanged": ("match_order",),
    "OrderLinked": ("hasten_task",),
    "StudyPrepared": ("route",),
    "LateImagesArrived": ("mark_late",),
    "AgreementAdded": ("route_waiting",),
    "ReportSigned": ("report_pdf", "verify_task"),
    "ReportAddended": ("report_pdf",),
    "ReportReady": ("notify_county", "return_report"),
    "PaperSealed": ("paper_pdf",),
    "CriticalRaised": ("notify_critical",),
    "CriticalEscalated": ("notify_critical",),
    "CriticalAcknowledged": ("notify_critical",),
    "CriticalActionOverdue": ("notify_critical",),
    "CriticalWithdrawn": ("notify_critical",),
    "CaseStudyAdded": ("share_with_meetings",),
    "RoomClosed": ("media_follows",),
    "SeatHeld": ("media_follows",),
    "SeatRemoved": ("media_follows",),
    "RecordingStopped": ("media_follows",),
    "TaskReturned": ("notify_county",),
    "InstanceConflicted": ("notify_site",),
    "IdentityConflicted": ("notify_site", "tell_cases"),
    "QuarantineResolved": ("tell_cases",),
    "LineCheckAsked": ("check_line",),
    "CommitmentAsked": ("report_commitment",),
    "ObjectRefused": ("notify_site",),
    "ConflictDecided": ("tell_cases", "notify_site"),
    "ConflictDecisionUndone": ("tell_cases",),
    "KeyObjectsArrived": ("reject",),
    "ObjectsRejected": ("redraw", "notify_readers"),
    "RejectionLifted": ("redraw", "notify_restored"),
    "RejectionIgnored": ("notify_site",),
    "StoredBytesFoundBad": ("notify_keepers",),
}

JOBS = tuple(sorted({job for jobs in SUBSCRIPTIONS.values() for job in jobs}))
