"""The two tables of rights, checked as a whole."""

from hypothesis import given
from hypothesis import strategies as st

from teleconsult.access import ANYBODY, SYSTEM, Actor, Grant, Role, Share, Thing, permits
from teleconsult.access.rights import (
    AT_SITE,
    CLINICAL,
    EXCLUDE_EACH_OTHER,
    INVITED,
    ORIGIN,
    PEERS,
    PEERS_AT_SITE,
    READING,
    REASONS,
    VERBS,
    WITH_CASE,
    WITH_STUDY,
)

SITES = ("city", "county", "other")
grants = st.frozensets(st.builds(Grant, st.sampled_from(list(Role)), st.sampled_from(SITES)), max_size=4)
shares = st.lists(st.builds(Share, st.sampled_from(SITES), st.sampled_from(REASONS)), max_size=3)


def test_every_verb_says_who_may_for_each_reason() -> None:
    assert all(set(reasons) == set(REASONS) for reasons in (*WITH_STUDY.values(), *WITH_CASE.values()))
    assert len(VERBS) == len(WITH_STUDY) + len(WITH_CASE) + len(AT_SITE) + len(PEERS) + len(PEERS_AT_SITE), (
        "a verb is in one table"
    )
    assert set(INVITED) <= {*WITH_STUDY, *WITH_CASE}
    assert not any(why in (ORIGIN, READING) for reasons in INVITED.values() for why in reasons)


def test_administrators_see_no_patient_and_auditors_no_images() -> None:
    for reasons in (*WITH_STUDY.values(), *WITH_CASE.values()):
        assert all(Role.ADMINISTRATOR not in roles for roles in reasons.values())
    for reasons in (WITH_STUDY["study.images"], WITH_STUDY["study.export"], WITH_CASE["case.file"]):
        assert all(Role.AUDITOR not in roles for roles in reasons.values())
    assert not CLINICAL & EXCLUDE_EACH_OTHER
    assert all(not roles >= EXCLUDE_EACH_OTHER for roles in AT_SITE.values())


def test_whoever_may_do_anything_with_a_study_or_a_case_may_see_it() -> None:
    for table, see in ((WITH_STUDY, "study.see"), (WITH_CASE, "case.see")):
        for verb, reasons in table.items():
            assert INVITED.get(verb, frozenset()) <= INVITED[see], verb
            for why, roles in reasons.items():
                assert roles <= table[see][why], verb


@given(grants, shares, st.sampled_from(sorted({*WITH_STUDY, *WITH_CASE})))
def test_a_right_needs_a_role_at_a_site_that_has_the_study(
    held: frozenset[Grant], shared: list[Share], verb: str
) -> None:
    allowed = permits(Actor("p", "p", grants=held), verb, Thing("s", shared))
    sites_of_shares = {share.site_id for share in shared}
    assert not allowed or any(grant.site_id in sites_of_shares for grant in held)
    assert not permits(Actor("p", "p", grants=held), verb, Thing("s", []))


@given(grants, st.sampled_from(sorted(VERBS)))
def test_nobody_acts_without_a_role(held: frozenset[Grant], verb: str) -> None:
    thing = Thing("s", [Share(site, why) for site in SITES for why in REASONS], "city")
    assert not permits(Actor("p", "p"), verb, thing)
    assert not permits(ANYBODY, verb, thing)
    assert permits(SYSTEM, verb, thing)


@given(grants, st.sampled_from(REASONS), st.sampled_from(sorted({*WITH_STUDY, *WITH_CASE})))
def test_an_invitation_counts_for_the_invited_alone_and_only_with_a_clinical_role(
    held: frozenset[Grant], why: str, verb: str
) -> None:
    thing = Thing("s", [Share("city", why, "p")], case_id="c")
    assert not permits(Actor("q", "q", grants=held), verb, thing)
    invited = permits(Actor("p", "p", grants=held), verb, thing)
    assert invited == (why in INVITED.get(verb, ()) and any(grant.role in CLINICAL for grant in held))


@given(st.sampled_from(SITES), shares, st.sampled_from(sorted(VERBS)))
def test_a_peer_has_its_own_verbs_alone_with_what_its_site_made_reads_or_was_referred(
    site: str, shared: list[Share], verb: str
) -> None:
    allowed = permits(Actor("p", "PACS", "peer", site), verb, Thing("s", shared, site))
    at_home = verb in PEERS_AT_SITE
    assert allowed == (at_home or (verb in PEERS and any(s.site_id == site and s.why in PEERS[verb] for s in shared)))
    assert not permits(Actor("p", "PACS", "peer", site), verb, Thing(site_id="elsewhere"))
    invited = [Share(site, why, "p") for why in REASONS]
    assert not permits(Actor("p", "PACS", "peer", site), verb, Thing("s", invited, "elsewhere")), (
        "people are invited, not peers"
    )


def test_a_hospital_s_peers_have_what_somebody_there_may_take_away() -> None:
    for reasons in PEERS.values():
        assert reasons == {why for why, roles in WITH_STUDY["study.export"].items() if roles}
