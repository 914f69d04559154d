"""提交 is a step of its own: it is checked, logged, refused with reasons, and ends the editing."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.enums import (
    AssessmentStatus,
    Procedure,
    ScheduleWindow,
    SimplifiedGround,
)
from app.models import (
    CycleWindow,
    TrailEntry,
)
from app.views.clock import today
from tests.support.physicians import (
    FORM_URL as URL,
)
from tests.support.physicians import (
    answers,
    case_of,
    physician,
    send,
    status_of,
    stored,
)
from tests.support.site import Site

S = AssessmentStatus


@pytest.fixture
def who(site: Site) -> str:
    """A physician who was confirmed and has typed nothing yet."""
    return physician(site, S.AWAITING_FORM, is_begun=False)


def test_submitting_sets_the_state_and_leaves_one_entry(site: Site, who: str) -> None:
    answer = send(site.client(who), "submit", answers(site, who))

    assert answer.status_code == 302
    with site.session() as session:
        case = case_of(session, who)
        entries = session.scalars(
            select(TrailEntry).where(
                TrailEntry.participation_id == case.participation_id,
                TrailEntry.action == "submit",
            )
        ).all()
        assert case.status is S.AWAITING_INSTITUTION
        assert case.procedure is Procedure.GENERAL
        assert [(one.from_status, one.to_status) for one in entries] == [
            ("AWAITING_FORM", "AWAITING_INSTITUTION")
        ]
        assert entries[0].actor_name == case.physician.name


def test_a_refused_submit_keeps_the_draft_and_shows_every_gap(site: Site, who: str) -> None:
    typed = answers(site, who) | {"position": "主任"}
    del typed["ethics-RIGHTS"], typed["procedure"]

    answer = send(site.client(who), "submit", typed)

    assert answer.status_code == 200
    assert status_of(site, who) is S.AWAITING_FORM
    assert stored(site, who)["position"] == "主任"
    assert 'href="#ethics-RIGHTS"' in answer.text
    assert 'href="#procedure"' in answer.text
    assert 'href="#ethics-SERVICE"' not in answer.text


def test_nothing_is_submitted_while_something_cannot_be_read(site: Site, who: str) -> None:
    typed = answers(site, who) | {f"work-y{today().year}-outpatients": "很多"}

    answer = send(site.client(who), "submit", typed)

    assert answer.status_code == 200
    assert status_of(site, who) is S.AWAITING_FORM


def test_simplified_procedure_is_refused_without_the_years_of_practice(
    site: Site, who: str
) -> None:
    with site.session() as session:
        person = case_of(session, who).physician
        person.licensed_on = today() - timedelta(days=400)
        person.first_registered_on = None
        session.commit()
    typed = answers(site, who) | {
        "procedure": "SIMPLIFIED",
        "simplified_ground": SimplifiedGround.TWELVE_YEARS_CLEAN.name,
        "statement": "述" * 600,
    }

    answer = send(site.client(who), "submit", typed)

    assert "不足12年，不符合该条件。" in answer.text
    assert status_of(site, who) is S.AWAITING_FORM


def test_rejected_physician_sees_the_reason_and_may_resubmit(site: Site) -> None:
    rejected = physician(site, S.INSTITUTION_REJECTED)
    client = site.client(rejected)
    with site.session() as session:
        reason = case_of(session, rejected).returned_reason or "?"
    home, page = client.get("/").text, client.get(URL).text

    answer = send(client, "submit")

    assert reason in home
    assert "修改后重新提交" in home
    assert reason in page
    assert answer.status_code == 302
    with site.session() as session:
        case = case_of(session, rejected)
        assert (case.status, case.returned_reason) == (S.AWAITING_INSTITUTION, None)


@pytest.mark.parametrize("status", [S.AWAITING_INSTITUTION, S.AWAITING_AGENCY, S.COMPLETED])
def test_a_submitted_form_is_read_only_and_refuses_a_late_window(
    site: Site, status: AssessmentStatus
) -> None:
    submitted = physician(site, status)
    client = site.client(submitted)
    before = stored(site, submitted)

    page = client.get(URL).text
    answer = client.post(URL, data={"position": "改", "version": "2", "action": "save"})

    assert '<form id="registration"' not in page
    assert str(status.value) in page
    assert answer.status_code == 302
    assert stored(site, submitted) == before
    assert "不能修改" in client.get(URL).text


def test_a_closed_window_draws_submit_closed_and_still_saves_drafts(site: Site, who: str) -> None:
    with site.session() as session:
        cycle_id = case_of(session, who).cycle_id
        window = session.scalars(
            select(CycleWindow).where(
                CycleWindow.cycle_id == cycle_id,
                CycleWindow.kind == ScheduleWindow.REGISTRATION,
            )
        ).one()
        window.last_day = today() - timedelta(days=1)
        session.commit()
    client = site.client(who)

    page = client.get(URL).text
    send(client, "save", {"position": "主任"})
    send(client, "submit", answers(site, who))

    assert 'value="submit"' not in page
    assert "不在医师报审申报时间内，不能提交。" in page
    assert stored(site, who)["position"] == "主任"
    assert status_of(site, who) is S.AWAITING_FORM
