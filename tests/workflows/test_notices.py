"""Which step tells whom: the engine asks one table, for one row and for thousands."""

import re
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.exceptions import HTTPException

from app.enums import AssessmentStatus as S
from app.enums import CycleStatus, MessageKind, ParticipationStatus, Role
from app.models import Agency, Appointment, Assessment, Cycle, Identity, Message, Participation
from app.operations.accounts import reset_password
from app.operations.appointments import appoint
from app.operations.notices import NOTICES
from app.workflows.appointment import APPOINTMENT
from app.workflows.assessment import ASSESSMENT
from app.workflows.bulk import fire_many
from app.workflows.participation import PARTICIPATION
from app.workflows.registry import WORKFLOWS
from tests.support.site import Site
from tests.views.casebrowser import statements
from tests.workflows.world import AT, REASON, case_id, opinions, physician_of

OPERATIONS = {
    ("appointment", "appoint"),
    ("appointment", "replaced"),
    ("account", "reset_password"),
    ("penalty", "record"),
    ("objection", "ask"),
    ("objection", "order"),
    ("certificate", "issue"),
}


def told(site: Site, before: set[int]) -> list[tuple[int, MessageKind, str, str | None, Any]]:
    with site.session() as session:
        rows = session.scalars(select(Message).order_by(Message.id)).all()
        return [
            (r.account_id, r.kind, r.title[0], r.link, r.body[1])
            for r in rows
            if r.id not in before
        ]


def known(site: Site) -> set[int]:
    with site.session() as session:
        return set(session.scalars(select(Message.id)))


def test_every_notice_is_for_a_step_that_exists() -> None:
    steps = {(name, row.name) for name, table in WORKFLOWS.items() for row in table.transitions}

    assert set(NOTICES) - OPERATIONS <= steps
    assert set(NOTICES) >= OPERATIONS


def test_every_notice_leads_to_a_page_and_asks_only_for_what_is_given(shared_site: Site) -> None:
    adapter = shared_site.app.url_map.bind("localhost")
    given = {"reason": "", "body": ""}
    for notices in NOTICES.values():
        for one in notices:
            assert set(re.findall(r"%\((\w+)\)s", one.body)) <= set(given)
            assert "%(" not in one.title
            try:
                endpoint, _arguments = adapter.match(one.link.format(id=1))
            except HTTPException as missing:
                raise AssertionError(one.link) from missing
            assert endpoint


@pytest.mark.parametrize(
    ("status", "who", "action", "kind", "title"),
    [
        (S.AWAITING_INSTITUTION, "hospital", "institution_reject", "RETURNED", "医疗卫生机构驳回"),
        (S.AWAITING_INSTITUTION, "hospital", "institution_submit", "PASSED", "机构已审核"),
        (S.AWAITING_AGENCY, "agency", "agency_reject", "RETURNED", "被考核机构驳回"),
        (S.AWAITING_AGENCY, "agency", "agency_pass", "PASSED", "复核已通过"),
        (S.AWAITING_EXAM, "province", "authority_return", "RETURNED", "被卫生行政部门驳回"),
    ],
)
def test_the_physician_who_waits_is_told(
    site: Site, status: S, who: str, action: str, kind: str, title: str
) -> None:
    pk, before = case_id(site, status), known(site)
    actor = site.actor(who)
    with site.session(who) as session:
        facts = None if action.endswith("reject") else opinions()
        ASSESSMENT.fire(session, pk, action, actor=actor, at=AT, comment=REASON, facts=facts)
        session.commit()

    ((account, found, words, link, said),) = told(site, before)
    assert account == physician_of(site, pk).account_id
    assert (found.name, said["reason"]) == (kind, REASON)
    assert title in words
    assert link == ("/registration/" if kind == "RETURNED" else "/")


def test_a_submission_writes_no_message_for_the_clerk_whose_home_page_counts_it() -> None:
    assert ("assessment", "submit") not in NOTICES


def test_what_the_agency_sends_back_is_told_to_the_institutions_clerks(site: Site) -> None:
    pk, before = case_id(site, S.AWAITING_AGENCY), known(site)
    actor = site.actor("agency")
    with site.session("agency") as session:
        ASSESSMENT.fire(session, pk, "agency_return", actor=actor, at=AT, comment=REASON)
        session.commit()

    ((account, kind, _title, link, _said),) = told(site, before)
    assert account == site.actor("hospital").account_id
    assert (kind, link) == (MessageKind.RETURNED, f"/progress/case/{pk}")


def test_a_refused_step_tells_nobody(site: Site) -> None:
    pk, before = case_id(site, S.AWAITING_INSTITUTION), known(site)
    actor = site.actor("hospital")
    with site.session("hospital") as session:
        with pytest.raises(Exception, match="原因"):
            ASSESSMENT.fire(session, pk, "institution_reject", actor=actor, at=AT)
        session.rollback()

    assert told(site, before) == []


def test_a_bulk_step_tells_everybody_by_two_more_statements(site: Site) -> None:
    actor, before = site.actor("hospital"), known(site)
    waiting = Participation.status == ParticipationStatus.UNCONFIRMED
    with site.session("hospital") as session:
        ids = set(
            session.scalars(
                select(Identity.account_id)
                .join(Participation, Participation.physician_id == Identity.physician_id)
                .where(waiting)
            )
        )
        with statements(site) as sent:
            outcome = fire_many(PARTICIPATION, session, waiting, "confirm", actor=actor, at=AT)
        session.commit()
    written = [s for s in sent if s.startswith("INSERT INTO message ")]
    mailed = [s for s in sent if s.startswith("INSERT INTO mail_outbox ")]

    assert (len(written), len(mailed)) == (1, 1)
    assert {account for account, *_ in told(site, before)} == ids
    assert len(outcome.done) == len(ids) > 1


def test_an_appointment_tells_both_bodies_and_the_agency_once_a_day(site: Site) -> None:
    before, actor = known(site), site.actor("province")
    with site.session("province") as session:
        cycle = session.scalars(select(Cycle).where(Cycle.status == CycleStatus.OPEN)).one()
        rows = session.scalars(
            select(Appointment)
            .where(Appointment.cycle_id == cycle.id)
            .order_by(Appointment.id)
            .limit(2)
        ).all()
        bureau = session.scalars(select(Agency).where(Agency.institution_id.is_not(None))).first()
        assert bureau is not None
        houses = [row.institution for row in rows]
        for house in houses:
            appoint(session, institution=house, agency=bureau, cycle=cycle, actor=actor, at=AT)
        names = {house.id for house in houses}
        session.commit()

    found = told(site, before)
    with site.session() as session:
        clerks = set(
            session.scalars(
                select(Identity.account_id).where(
                    Identity.institution_id.in_(names), Identity.role == Role.INSTITUTION
                )
            )
        )
    own = [account for account, _k, title, *_ in found if "已为本机构指派" in title]
    digests = [account for account, _k, title, *_ in found if "受委托" in title]
    assert set(own) == clerks
    assert len(own) == 2
    assert (
        len(digests) == len(set(digests)) == 4
    )  # two people of the new agency and of the one before


def test_a_withdrawn_appointment_tells_why(site: Site) -> None:
    before, actor = known(site), site.actor("province")
    with site.session() as session:
        reached = select(Assessment.institution_id).where(
            Assessment.status.not_in([S.AWAITING_FORM, S.AWAITING_INSTITUTION])
        )
        pk = session.scalar(
            select(func.min(Appointment.id)).where(
                Appointment.institution_id.not_in(reached),
                Appointment.province_id == actor.province_id,
            )
        )
    with site.session("province") as session:
        APPOINTMENT.fire(session, pk, "withdraw", actor=actor, at=AT, comment="机构合并")
        session.commit()

    titles = {title: said for _a, _k, title, _l, said in told(site, before)}
    assert titles["本机构的考核机构指派已取消"]["reason"] == "机构合并"
    assert "受委托的医疗卫生机构有变动" in titles


def test_a_reset_password_is_told_to_its_account(site: Site) -> None:
    before, actor = known(site), site.actor("county")
    clerk = site.actor("hospital").account_id
    assert clerk is not None
    with site.session("county") as session:
        reset_password(session, clerk, actor=actor, at=AT, mode="manual")
        session.commit()

    ((account, kind, _title, _link, said),) = told(site, before)
    assert (account, kind) == (clerk, MessageKind.ACCOUNT)
    assert said == {"body": "平城区卫生健康局"}
