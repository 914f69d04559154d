"""首页 of a hospital (manual 1.8): what waits, how far every department is, who holds things up."""

import re
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select

from app.dashboards.home import behind_first
from app.demo.people import People
from app.enums import AssessmentStatus as S
from app.enums import Category, HoldUp
from app.models import (
    Account,
    Assessment,
    Department,
    Exemption,
    Identity,
    Institution,
    Message,
    Participation,
    Physician,
    Registration,
)
from app.operations.physicians import create_physicians
from app.periods import local_day
from app.queries.hold_ups import NEARLY_FULL, PATIENCE
from app.queries.progress_summary import DepartmentProgress
from app.views.clock import now
from app.workflows.bulk import fire_many
from app.workflows.participation import PARTICIPATION
from tests.support.site import Site
from tests.views.casebrowser import page, statements, text
from tests.workflows.world import HOSPITAL

CLERK = "hospital"


def cases(site: Site, *where: Any) -> set[int]:
    with site.session() as session:
        return set(
            session.scalars(
                select(Assessment.id)
                .join(Institution, Institution.id == Assessment.institution_id)
                .where(Institution.name == HOSPITAL, *where)
            )
        )


def test_every_card_tells_what_its_queue_holds(shared_site: Site) -> None:
    html = page(shared_site.client(CLERK), "/")
    cards = re.findall(r'(?s)<a class="todo [^"]*" href="([^"]+)">(.*?)</a>', html)

    found = {url: text(card) for url, card in cards}

    assert set(found) == {
        "/review/general/list/",
        "/review/simplified/list/",
        "/exemption-review/list/",
        "/deferral-review/list/",
        "/mentorship-changes/list/",
        # beside the manual's cards, while something waits
        "/corrections/list/",
        "/practice-places/list/",
        "/transfer-requests/list/",
    }
    with shared_site.session(CLERK) as session:
        waiting = session.scalars(
            select(func.count(Exemption.id)).where(Exemption.status == "AWAITING_INSTITUTION")
        ).one()
    assert found["/exemption-review/list/"].startswith(f"免考申请 待审核 {waiting}")
    for url, card in found.items():
        listed = page(shared_site.client(CLERK), url)
        total = re.search(r"共(\d+)条记录", text(listed))
        number = re.search(r"(\d+) ?条", card)
        assert total is not None
        assert number is not None
        assert total[1] == number[1]


def test_the_rates_of_a_department_lead_to_the_list_behind_them(shared_site: Site) -> None:
    html = page(shared_site.client(CLERK), "/")
    table = html.split('<table class="grid is-small rates">')[1].split("</table>")[0]
    links = re.findall(r'<a href="(/progress/list/[^"]+)">(\d+)% <small>(\d+)/(\d+)</small>', table)
    with shared_site.session() as session:
        departments = set(
            session.scalars(
                select(Department.name)
                .join(Physician, Physician.department_id == Department.id)
                .join(Assessment, Assessment.physician_id == Physician.id)
                .join(Institution, Institution.id == Department.institution_id)
                .where(Institution.name == HOSPITAL)
            )
        )

    assert len(links) == 3 * len(departments)
    for url, percent, part, whole in links[:6]:
        listed = text(page(shared_site.client(CLERK), url.replace("&amp;", "&")))
        total = re.search(r"共(\d+)条记录", listed)
        assert total is not None
        assert total[1] == part
        assert int(percent) == 100 * int(part) // int(whole)


def test_the_department_most_behind_comes_first() -> None:
    rows = [
        DepartmentProgress(1, "done", 4, 4, 4, 4),
        DepartmentProgress(2, "unreviewed", 4, 4, 1, 0),
        DepartmentProgress(3, "unreported", 4, 1, 1, 1),
        DepartmentProgress(4, "reviewed", 4, 4, 4, 0),
    ]

    order = [row.name for row in behind_first(rows)]

    assert order == ["unreported", "unreviewed", "reviewed", "done"]


@pytest.mark.parametrize("username", [CLERK, "hospital-3"])
def test_home_costs_eight_statements_however_large_the_hospital(
    shared_site: Site, username: str
) -> None:
    client = shared_site.client(username)
    page(client, "/")  # what pages keep is kept now

    with statements(shared_site) as sent:
        page(client, "/")

    assert len(sent) <= 8, sent


def test_home_of_three_thousand_physicians_costs_no_more(site: Site) -> None:
    clerk = site.actor(CLERK)
    people, today = People(Random(3)), local_day(now())
    with site.session(CLERK) as session:
        house = session.scalars(select(Institution)).one()
        unit = session.scalars(select(Department.id).order_by(Department.id)).first()
        persons = [
            people.physician(
                region="140213", category=Category.CLINICAL, scope="内科专业",
                practice_years=8, today=today,
            )
            for _ in range(3_000)
        ]  # fmt: skip
        ids = create_physicians(
            session, institution=house, rows=[(one, unit) for one in persons], actor=clerk, at=now()
        )
        criterion = Participation.physician_id.in_(ids)
        done = fire_many(PARTICIPATION, session, criterion, "confirm", actor=clerk, at=now())
        assert (len(done.done), done.refused) == (3_000, {})
        session.commit()
    client = site.client(CLERK)
    page(client, "/")

    with statements(site) as sent:
        html = page(client, "/")

    assert len(sent) <= 8, sent
    assert re.search(r"<b>30\d\d</b>", html)  # who never signed in


def held(site: Site, kind: HoldUp) -> set[int]:
    html = page(site.client(CLERK), f"/hold-ups/list/?tab={kind.name.lower()}&per_page=100")
    return {int(pk) for pk in re.findall(r'name="ids" value="(\d+)"', html)}


def test_whoever_never_signed_in_holds_things_up(shared_site: Site) -> None:
    never = Assessment.physician_id.in_(
        select(Identity.physician_id)
        .join(Account, Account.id == Identity.account_id)
        .where(Account.last_login.is_(None))
    )
    expected = cases(shared_site, Assessment.status == S.AWAITING_FORM, never)

    assert held(shared_site, HoldUp.NEVER_IN) == expected
    assert expected


def test_a_rejected_case_holds_things_up_after_a_week(site: Site) -> None:
    (first, *_others) = sorted(
        cases(site, Assessment.status.in_((S.INSTITUTION_REJECTED, S.AGENCY_REJECTED)))
    )
    with site.session() as session:
        session.get_one(Assessment, first).status_since = now() - PATIENCE + timedelta(hours=1)
        session.commit()
    assert first not in held(site, HoldUp.REJECTED)

    with site.session() as session:
        session.get_one(Assessment, first).status_since = now() - PATIENCE
        session.commit()

    assert first in held(site, HoldUp.REJECTED)


@pytest.mark.parametrize(("percent", "is_held"), [(NEARLY_FULL - 1, False), (NEARLY_FULL, True)])
def test_a_nearly_full_draft_holds_things_up(site: Site, percent: int, is_held: bool) -> None:
    drafted = Assessment.participation_id.in_(select(Registration.participation_id))
    (pk, *_others) = sorted(cases(site, Assessment.status == S.AWAITING_FORM, drafted))
    with site.session() as session:
        case = session.get_one(Assessment, pk)
        case.participation.registration.completeness = percent
        session.commit()

    assert (pk in held(site, HoldUp.DRAFT)) is is_held


def told(site: Site, case: int) -> int:
    with site.session() as session:
        return session.scalars(
            select(func.count(Message.id))
            .join(Identity, Identity.account_id == Message.account_id)
            .join(Assessment, Assessment.physician_id == Identity.physician_id)
            .where(Assessment.id == case, Message.once.like("hold_up:%"))
        ).one()


def test_a_reminder_reaches_the_ticked_and_nobody_twice_a_day(site: Site) -> None:
    first, second = sorted(held(site, HoldUp.NEVER_IN))[:2]
    client = site.client(CLERK)
    url = "/hold-ups/remind?tab=never_in"

    answer = client.post(url, data={"ids": [str(first)]}, follow_redirects=True)
    assert "已提醒1人。" in answer.text
    assert (told(site, first), told(site, second)) == (1, 0)

    answer = client.post(url, data={"scope": "filter", "tab": "never_in"}, follow_redirects=True)
    assert "1人今天已提醒过" in answer.text
    assert (told(site, first), told(site, second)) == (1, 1)


def test_nobody_reminds_the_physicians_of_another_hospital(site: Site) -> None:
    theirs = sorted(held(site, HoldUp.NEVER_IN))

    answer = site.client("hospital-3").post(
        "/hold-ups/remind?tab=never_in",
        data={"ids": [str(pk) for pk in theirs]},
        follow_redirects=True,
    )

    assert "已提醒0人。" in answer.text
    assert [told(site, pk) for pk in theirs] == [0] * len(theirs)
