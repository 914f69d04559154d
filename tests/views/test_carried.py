"""沿用: what the last cycle's registration brings along, marked until something else is typed."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.enums import AssessmentStatus, CycleStatus, ParticipationStatus
from app.models import Assessment, Cycle, Experience, Participation, Registration
from tests.support.site import Site
from tests.views.casebrowser import page
from tests.views.requests_world import Somebody, somebody

SCOPE = ("province_id", "authority_path", "institution_id", "physician_id")


@pytest.fixture
def doctor(site: Site) -> Somebody:
    """A physician without a draft, who took part in the cycle before."""
    for number in range(9):
        found = somebody(site, status=AssessmentStatus.AWAITING_FORM, skip=number)
        with site.session() as session:
            known = select(Registration.id).where(Registration.physician_id == found.id)
            if session.scalars(known).first() is None:
                _took_part(session, found.id)
                return found
    raise AssertionError("everybody has a draft")


def _took_part(session: Any, physician_id: int) -> None:
    case = session.scalars(select(Assessment).where(Assessment.physician_id == physician_id)).one()
    now = case.cycle
    before = Cycle(
        label="01", status=CycleStatus.CLOSED, province_id=now.province_id, authority_path=now.authority_path,
        starts_on=now.starts_on - timedelta(days=700), last_day=now.starts_on - timedelta(days=1),
    )  # fmt: skip
    owner = {name: getattr(case, name) for name in SCOPE}
    seat = Participation(cycle=before, status=ParticipationStatus.CONFIRMED, **owner)
    last = Registration(
        participation=seat, position="住院总医师", title_since=date(2019, 5, 1), phone="13900000000",
        statement="上周期的述职", has_bad_record=True, **owner,
    )  # fmt: skip
    last.experiences = [
        Experience(started_on=date(2010, 7, 1), place="某县人民医院", position="住院医师", **owner)
    ]
    session.add_all([before, seat, last])
    session.commit()


ROW = {
    "experiences-0-started_on": "2010-07-01",
    "experiences-0-place": "某县人民医院",
    "experiences-0-position": "住院医师",
}
SHOWN = {"position": "住院总医师", "title_since": "2019-05-01", **ROW}


def draft(site: Site, who: Somebody, version: str = "0", **typed: str) -> Registration:
    data = {"action": "save", "version": version, **SHOWN, **typed}
    assert site.client(who.username).post("/registration/", data=data).status_code == 302
    with site.session() as session:
        found = session.scalars(
            select(Registration)
            .where(Registration.physician_id == who.id)
            .order_by(Registration.id.desc())
        ).first()
        assert len(found.experiences) == 1
        session.expunge_all()
    return found


def test_a_new_draft_takes_over_what_stays_true_and_nothing_else(
    site: Site, doctor: Somebody
) -> None:
    before = page(site.client(doctor.username), "/registration/")
    for word in ("住院总医师", "某县人民医院", "沿用上周期，请核对。"):
        assert word in before, word
    assert "上周期的述职" not in before

    found = draft(site, doctor)

    assert (found.position, found.title_since) == ("住院总医师", date(2019, 5, 1))
    assert sorted(found.carried or ()) == ["experiences", "position", "title_since"]
    assert (found.has_bad_record, found.statement) == (None, None)
    assert page(site.client(doctor.username), "/registration/").count("沿用上周期") == 3


def test_what_comes_from_the_roster_is_marked_as_such(site: Site, doctor: Somebody) -> None:
    html = page(site.client(doctor.username), "/registration/")

    assert "来自医师名单。" in html


def test_the_mark_goes_when_something_else_is_typed(site: Site, doctor: Somebody) -> None:
    first = draft(site, doctor)
    with site.session() as session:
        row = session.scalars(
            select(Experience.id).where(Experience.registration_id == first.id)
        ).one()

    found = draft(
        site, doctor, version=str(first.version), position="副主任",
        **{"experiences-0-row": str(row)},
    )  # fmt: skip

    assert found.position == "副主任"
    assert sorted(found.carried or ()) == ["experiences", "title_since"]
