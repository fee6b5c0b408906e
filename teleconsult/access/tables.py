"""Rows of `access`. Only this context writes them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, mapped_column

from teleconsult.records.schema import Base, Id, Identified, JsonCol, Versioned


class SiteRow(Versioned, Base):
    """A hospital or health centre."""

    __tablename__ = "sites"
    code: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(120))
    level: Mapped[str] = mapped_column(String(10))
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("sites.id"))
    created_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("code", name="a_site_code_is_used_once"),
        UniqueConstraint("name", name="a_site_name_is_used_once"),
        CheckConstraint("level IN ('city','county','township')", name="a_site_is_of_city_county_or_township"),
    )


class PersonRow(Versioned, Base):
    """Somebody who signs in. Never deleted: what they did names them."""

    __tablename__ = "people"
    login: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(20))
    site_id: Mapped[str | None] = mapped_column(ForeignKey("sites.id"))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(10), default="zh-CN")
    disabled: Mapped[bool] = mapped_column(Boolean, default=False)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("login", name="a_login_is_used_once"),)


class GrantRow(Identified, Base):
    """A role at a site (none: in the whole alliance)."""

    __tablename__ = "grants"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    role: Mapped[str] = mapped_column(String(20))
    site_id: Mapped[str | None] = mapped_column(ForeignKey("sites.id"))
    __table_args__ = (
        UniqueConstraint("person_id", "role", "site_id", name="a_role_is_granted_once_at_a_site"),
        CheckConstraint(
            "role IN ('radiologist','reviewer','county_doctor','technologist','coordinator','administrator','auditor','expert')",
            name="a_role_is_one_we_know",
        ),
        CheckConstraint("site_id IS NOT NULL OR role IN ('administrator','auditor')", name="only_administrators_and_auditors_are_everywhere"),
        Index(
            "nobody_is_both_administrator_and_auditor", "person_id", unique=True,
            sqlite_where=role.in_(["administrator", "auditor"]), postgresql_where=role.in_(["administrator", "auditor"]),
        ),
    )  # fmt: skip


class PeerRow(Versioned, Base):
    """A foreign DICOM application: its title, where it calls from, whose it is."""

    __tablename__ = "peers"
    ae_title: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(64))
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    host: Mapped[str | None] = mapped_column(String(255))
    port: Mapped[int | None] = mapped_column(Integer)
    charset: Mapped[str | None] = mapped_column(String(20))
    issuers: Mapped[dict[str, Any]]
    receives_reports: Mapped[bool] = mapped_column(Boolean, default=False)
    disabled: Mapped[bool] = mapped_column(Boolean, default=False)
    tls_required: Mapped[bool] = mapped_column(Boolean, default=False)  # it may not call in the clear
    tls_outgoing: Mapped[bool] = mapped_column(Boolean, default=False)  # it is called over TLS
    certificate: Mapped[str | None] = mapped_column(Text)  # PEM; shown by it as a caller and where it is called
    fingerprint: Mapped[str | None] = mapped_column(String(64))  # SHA-256 of the certificate
    identity_name: Mapped[str | None] = mapped_column(String(64))
    identity_hash: Mapped[str | None] = mapped_column(String(200))
    most_associations: Mapped[int | None] = mapped_column(Integer)
    most_per_minute: Mapped[int | None] = mapped_column(Integer)
    last_secure: Mapped[bool | None] = mapped_column(Boolean)  # whether it last called over TLS
    last_seen_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(500))
    last_error_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("ae_title", "address", name="a_peer_is_one_title_at_one_address"),)


class PeerTokenRow(Versioned, Base):
    """What a peer shows over HTTPS. `digest` is SHA-256 of the token, whose last four characters are `ending`."""

    __tablename__ = "peer_tokens"
    peer_id: Mapped[str] = mapped_column(ForeignKey("peers.id"))
    digest: Mapped[str] = mapped_column(String(64))
    ending: Mapped[str] = mapped_column(String(4))
    label: Mapped[str] = mapped_column(String(80))
    issued_at: Mapped[datetime]
    issued_by: Mapped[str] = mapped_column(String(120))
    used_at: Mapped[datetime | None]
    used_from: Mapped[str | None] = mapped_column(String(200))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None] = mapped_column(String(120))
    __table_args__ = (
        UniqueConstraint("digest", name="a_token_is_one_peer_s"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="somebody_revoked_it_iff_revoked"),
        Index("ix_peer_tokens_of_a_peer", "peer_id"),
    )


class AgreementRow(Versioned, Base):
    """Who reads for whom: studies of a modality from one site are read by another, in the time its SLA profile gives."""

    __tablename__ = "agreements"
    requesting_site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    reading_site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    modality: Mapped[str] = mapped_column(String(16))
    sla: Mapped[str] = mapped_column(String(20))
    rank: Mapped[int] = mapped_column(Integer, default=0)
    disabled: Mapped[bool] = mapped_column(Boolean, default=False)
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="an_agreement_ends_after_it_begins"),
        Index("ix_agreements_of_a_site", "requesting_site_id", "modality"),
    )


class SessionRow(Identified, Base):
    """A browser that is signed in; `id` is the digest of its cookie."""

    __tablename__ = "sessions"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    client: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class InvitationRow(Identified, Base):
    """A link that works once: the first administrator's, or one for setting a password. `id` is the digest of its token."""

    __tablename__ = "invitations"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LoginAddressRow(Identified, Base):
    """Failed sign-ins from one address in the last while, oldest first: when, and a keyed digest of the login. `id` is the address."""

    __tablename__ = "login_addresses"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[list[dict[str, Any]]] = mapped_column(JsonCol)
    last_at: Mapped[datetime] = mapped_column(index=True)


class ShareRow(Identified, Base):
    """A site, or one person of it, has a study, and why. Rights are read from here by `permit` and by its SQL twin."""

    __tablename__ = "shares"
    study_id: Mapped[str] = mapped_column(Id)
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    why: Mapped[str] = mapped_column(String(10))
    cause_id: Mapped[str] = mapped_column(Id, default="")
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint(
            "why IN ('origin','reading','consult','referral','meeting')", name="a_share_has_a_reason_we_know"
        ),
        CheckConstraint("(why IN ('origin','reading')) = (cause_id = '')", name="a_share_names_its_cause"),
        CheckConstraint("person_id IS NULL OR cause_id <> ''", name="a_person_has_a_study_by_invitation"),
        Index(
            "a_study_is_shared_once_by_a_cause", "study_id", "site_id", "why", "cause_id", unique=True,
            sqlite_where=person_id.is_(None), postgresql_where=person_id.is_(None),
        ),
        Index(
            "a_study_is_shared_once_with_a_person_by_a_cause", "person_id", "study_id", "site_id", "why", "cause_id", unique=True,
            sqlite_where=person_id.is_not(None), postgresql_where=person_id.is_not(None),
        ),
        # All that `visible` asks of a share: of the thousand studies of one family name none is fetched only to be left out. By site
        # first: one county's shares lie together, in the few megabytes that stay in memory. In the index by study the site comes last, or
        # SQLite would take that for just as good and look everybody up among everybody's.
        Index("ix_shares_of_a_study", "study_id", "cause_id", "closes_at", "why", "person_id", "site_id"),
        Index("ix_shares_of_a_site", "site_id", "study_id", "why", "person_id", "closes_at", "cause_id"),
        Index("ix_shares_by_cause", "cause_id", sqlite_where=cause_id != "", postgresql_where=cause_id != ""),
    )  # fmt: skip


class StudyHoldRow(Base):
    """A study whose patient is in doubt: until that is settled only the hospitals that made and read it have it."""

    __tablename__ = "study_holds"
    study_id: Mapped[str] = mapped_column(Id, primary_key=True)
    why: Mapped[str] = mapped_column(String(40))
    since: Mapped[datetime]


class CaseShareRow(Identified, Base):
    """A site, or one person of it, has a case, and why. As `ShareRow`, of which its studies have their own."""

    __tablename__ = "case_shares"
    case_id: Mapped[str] = mapped_column(Id)
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    why: Mapped[str] = mapped_column(String(10))
    cause_id: Mapped[str] = mapped_column(Id, default="")
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("why IN ('origin','consult','referral','meeting')", name="a_case_share_has_a_reason_we_know"),
        CheckConstraint("(why = 'origin') = (cause_id = '')", name="a_case_share_names_its_cause"),
        CheckConstraint("person_id IS NULL OR cause_id <> ''", name="a_person_has_a_case_by_invitation"),
        Index(
            "a_case_is_shared_once_by_a_cause", "case_id", "site_id", "why", "cause_id", unique=True,
            sqlite_where=person_id.is_(None), postgresql_where=person_id.is_(None),
        ),
        Index(
            "a_case_is_shared_once_with_a_person_by_a_cause", "case_id", "site_id", "why", "cause_id", "person_id", unique=True,
            sqlite_where=person_id.is_not(None), postgresql_where=person_id.is_not(None),
        ),
        Index("ix_case_shares_of_a_case", "case_id", "site_id", "why"),
        Index("ix_case_shares_of_a_site", "site_id", "case_id", "why"),
        Index("ix_case_shares_of_a_person", "person_id", "case_id"),
        Index("ix_case_shares_by_cause", "cause_id", sqlite_where=cause_id != "", postgresql_where=cause_id != ""),
    )  # fmt: skip


class NoticeRow(Identified, Base):
    """News for everybody who holds a role at a site; with `person_id` for that person alone.

    One that is `about` something waits until that is dealt with (`settled_at`); from then on it counts as seen by all.
    """

    __tablename__ = "notices"
    key: Mapped[str] = mapped_column(String(80))
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    roles: Mapped[list[str]]
    code: Mapped[str] = mapped_column(String(60))
    params: Mapped[dict[str, Any]]
    study_id: Mapped[str | None] = mapped_column(Id)
    case_id: Mapped[str | None] = mapped_column(Id)
    person_id: Mapped[str | None] = mapped_column(Id)
    about: Mapped[str | None] = mapped_column(Id)
    settled_at: Mapped[datetime | None] = mapped_column()
    at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("key", name="a_notice_is_given_once"),
        Index("ix_notices_of_a_site", "site_id", "id"),
        Index(
            "ix_notices_that_wait",
            "about",
            sqlite_where=and_(about.is_not(None), settled_at.is_(None)),
            postgresql_where=and_(about.is_not(None), settled_at.is_(None)),
        ),
        Index(
            "ix_notices_of_a_person",
            "person_id",
            "id",
            sqlite_where=person_id.is_not(None),
            postgresql_where=person_id.is_not(None),
        ),
    )


class NoticeSeenRow(Base):
    """Somebody has seen a notice."""

    __tablename__ = "notices_seen"
    notice_id: Mapped[str] = mapped_column(ForeignKey("notices.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    at: Mapped[datetime]
