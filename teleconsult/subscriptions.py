"""When this happened, these jobs are owed. Names only: whoever records a fact knows nobody above it."""

from collections.abc import Mapping

SUBSCRIPTIONS: Mapping[str, tuple[str, ...]] = {
    "StudySettled": ("prepare",),
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
    "ObjectRefused": ("notify_site",),
}

JOBS = tuple(sorted({job for jobs in SUBSCRIPTIONS.values() for job in jobs}))
