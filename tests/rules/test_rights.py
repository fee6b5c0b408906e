"""The two tables of rights, checked as a whole."""

from hypothesis import given
from hypothesis import strategies as st

from teleconsult.access import ANYBODY, SYSTEM, Actor, Grant, Role, Share, Thing, permits
from teleconsult.access.rights import AT_SITE, EXCLUDE_EACH_OTHER, ORIGIN, READING, VERBS, WITH_STUDY

SITES = ("city", "county", "other")
grants = st.frozensets(st.builds(Grant, st.sampled_from(list(Role)), st.sampled_from(SITES)), max_size=4)
shares = st.lists(st.builds(Share, st.sampled_from(SITES), st.sampled_from((ORIGIN, READING))), max_size=3)


def test_every_study_verb_says_who_may_for_each_reason() -> None:
    assert all(set(reasons) == {ORIGIN, READING} for reasons in WITH_STUDY.values())
    assert not set(WITH_STUDY) & set(AT_SITE)


def test_administrators_see_no_patient_and_auditors_no_images() -> None:
    for reasons in WITH_STUDY.values():
        assert all(Role.ADMINISTRATOR not in roles for roles in reasons.values())
    assert all(Role.AUDITOR not in roles for roles in WITH_STUDY["study.images"].values())
    assert all(not roles >= EXCLUDE_EACH_OTHER for roles in AT_SITE.values())


def test_whoever_may_do_anything_with_a_study_may_see_it() -> None:
    for verb, reasons in WITH_STUDY.items():
        for why, roles in reasons.items():
            assert roles <= WITH_STUDY["study.see"][why], verb


@given(grants, shares, st.sampled_from(sorted(WITH_STUDY)))
def test_a_right_needs_a_role_at_a_site_that_has_the_study(
    held: frozenset[Grant], shared: list[Share], verb: str
) -> None:
    allowed = permits(Actor("p", "p", grants=held), verb, Thing("s", shared))
    sites_of_shares = {share.site_id for share in shared}
    assert not allowed or any(grant.site_id in sites_of_shares for grant in held)
    assert not permits(Actor("p", "p", grants=held), verb, Thing("s", []))


@given(grants, st.sampled_from(sorted(VERBS)))
def test_nobody_acts_without_a_role(held: frozenset[Grant], verb: str) -> None:
    thing = Thing("s", [Share(site, why) for site in SITES for why in (ORIGIN, READING)], "city")
    assert not permits(Actor("p", "p"), verb, thing)
    assert not permits(ANYBODY, verb, thing)
    assert permits(SYSTEM, verb, thing)
