"""调入申请: asked by the new hospital, agreed to by the old one or above it; the case goes along (T35)."""

import pytest
from sqlalchemy import select

from app.enums import AssessmentStatus, ParticipationStatus, RequestStatus, TransferSource
from app.models import (
    Assessment,
    Attachment,
    Department,
    Identity,
    Institution,
    Mentorship,
    Opinion,
    Participation,
    Physician,
    TrailEntry,
    Transfer,
    TransferRequest,
)
from app.views.clock import now
from tests.support.site import Site
from tests.views.requests_world import (
    CLERK,
    NEIGHBOUR,
    STRANGER,
    Somebody,
    latest,
    somebody,
    step,
)

CASE = AssessmentStatus.AWAITING_AGENCY


@pytest.fixture
def wanted(site: Site) -> Somebody:
    """A physician of 平城区医院 whose hospital has given its opinion."""
    return somebody(site, status=CASE)


def house_of(site: Site, username: str) -> Institution:
    actor = site.actor(username)
    with site.session() as session:
        found = session.get_one(Institution, actor.institution_id)
        session.expunge_all()
    return found


def unit_of(site: Site, username: str) -> int:
    actor = site.actor(username)
    with site.session() as session:
        return int(
            session.scalars(
                select(Department.id).where(Department.institution_id == actor.institution_id)
            ).first()
        )


def ask(site: Site, who: Somebody, username: str = NEIGHBOUR, **changes: str) -> str:
    data = {
        "name": who.name, "id_number": who.number, "department": str(unit_of(site, username)),
        "reason": "已签订聘用合同", **changes,
    }  # fmt: skip
    answer = site.client(username).post("/transfer-requests/add", data=data, follow_redirects=True)
    assert answer.status_code == 200
    return str(answer.text)


def test_who_is_agreed_to_moves_with_case_files_opinions_and_mentorship(
    site: Site, wanted: Somebody
) -> None:
    with site.session() as session:
        owner = session.get_one(Physician, wanted.id)
        session.add(
            Mentorship(
                supervisor="贺", host_department="急诊科", started_on=now().date(),
                province_id=owner.province_id, authority_path=owner.authority_path,
                institution_id=owner.institution_id, physician_id=wanted.id,
            )
        )  # fmt: skip
        session.commit()
    ask(site, wanted)
    row = latest(site, TransferRequest)
    assert (row.name, row.status) == (wanted.name, RequestStatus.AWAITING)

    assert "操作成功" in step(site.client(CLERK), "transfer_request", row.id, "accept")

    home = house_of(site, NEIGHBOUR)
    with site.session() as session:
        person = session.get_one(Physician, wanted.id)
        assert (person.institution_id, person.department_id) == (home.id, row.department_id)
        for model in (Identity, Participation, Assessment, Mentorship, Opinion):
            owners = session.scalars(
                select(model.institution_id).where(model.physician_id == wanted.id)
            ).all()
            assert set(owners) == {home.id}, model
        files = session.scalars(
            select(Attachment.institution_id).where(Attachment.physician_id == wanted.id)
        )
        assert set(files) <= {home.id}
        case = session.scalars(select(Assessment).where(Assessment.physician_id == wanted.id)).one()
        assert case.status is CASE
        assert len(case.opinions) == 2  # what the old hospital said stays said
        moved = session.scalars(select(Transfer).where(Transfer.physician_id == wanted.id)).one()
        assert (moved.source, moved.with_case) == (TransferSource.REQUEST, True)
        trail = session.scalars(
            select(TrailEntry.action).where(
                TrailEntry.subject == "transfer_request", TrailEntry.subject_id == row.id
            )
        ).all()
    assert sorted(trail) == ["accept", "ask"]
    gone = site.client(CLERK).get(f"/physicians/show/{wanted.id}")
    here = site.client(NEIGHBOUR).get(f"/physicians/show/{wanted.id}")
    assert (gone.status_code, here.status_code) == (404, 200)


def test_the_authority_above_the_old_hospital_may_agree_too(site: Site, wanted: Somebody) -> None:
    ask(site, wanted)
    row = latest(site, TransferRequest)

    assert "操作成功" in step(site.client("province"), "transfer_request", row.id, "accept")
    assert latest(site, TransferRequest).status is RequestStatus.PASSED


@pytest.mark.parametrize("action", ["accept", "reject"])
def test_whoever_asks_does_not_decide(site: Site, wanted: Somebody, action: str) -> None:
    ask(site, wanted)
    row = latest(site, TransferRequest)

    answer = step(site.client(NEIGHBOUR), "transfer_request", row.id, action, comment="我同意")

    assert "由医师的原机构或其隶属卫生行政部门办理" in answer
    assert latest(site, TransferRequest).status is RequestStatus.AWAITING


def test_only_the_asker_withdraws(site: Site, wanted: Somebody) -> None:
    ask(site, wanted)
    row = latest(site, TransferRequest)
    assert "只能由提出申请的机构撤回" in step(
        site.client(CLERK), "transfer_request", row.id, "withdraw"
    )

    assert "操作成功" in step(site.client(NEIGHBOUR), "transfer_request", row.id, "withdraw")
    assert latest(site, TransferRequest).status is RequestStatus.WITHDRAWN


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "别人"}, "没有姓名与证件号码都相符的医师"),
        ({"id_number": "11010519491231002X"}, "没有姓名与证件号码都相符的医师"),
        ({"reason": ""}, "请填写调入理由。"),
        ({"department": ""}, "请选择。"),
    ],
)
def test_nobody_is_found_by_half_of_what_one_must_know(
    site: Site, wanted: Somebody, changes: dict[str, str], message: str
) -> None:
    before = latest(site, TransferRequest).id

    assert message in ask(site, wanted, **changes)
    assert latest(site, TransferRequest).id == before


def test_one_s_own_physician_and_a_second_request_are_refused(site: Site, wanted: Somebody) -> None:
    assert "该医师已在本机构" in ask(site, wanted, CLERK)
    ask(site, wanted)
    assert "该医师已有待审核的调入申请" in ask(site, wanted)


def test_another_province_finds_nobody_and_sees_nothing(site: Site, wanted: Somebody) -> None:
    ask(site, wanted, STRANGER)  # that province is linked, too: people move in the registry there
    assert latest(site, TransferRequest).institution_id != house_of(site, STRANGER).id
    ask(site, wanted)
    row = latest(site, TransferRequest)

    assert site.client(STRANGER).get(f"/transfer-requests/case/{row.id}").status_code == 404
    assert site.client(STRANGER).post(
        f"/steps/transfer_request/{row.id}/accept"
    ).status_code == 404  # fmt: skip


def test_a_foreign_department_is_not_taken(site: Site, wanted: Somebody) -> None:
    html = ask(site, wanted, department=str(unit_of(site, CLERK)))

    assert "调入科室" in html
    assert latest(site, TransferRequest).physician_id != wanted.id


def test_who_has_left_meanwhile_is_not_moved_again(site: Site, wanted: Somebody) -> None:
    ask(site, wanted)
    row = latest(site, TransferRequest)
    other = house_of(site, NEIGHBOUR)
    with site.session() as session:
        session.get_one(Physician, wanted.id).institution_id = other.id
        session.commit()

    assert "该医师已不在原机构" in step(
        site.client("province"), "transfer_request", row.id, "accept"
    )


def test_a_seat_without_a_case_goes_along(site: Site) -> None:
    person = somebody(site, seat=ParticipationStatus.UNCONFIRMED, skip=2)
    ask(site, person)
    row = latest(site, TransferRequest)
    assert "操作成功" in step(site.client(CLERK), "transfer_request", row.id, "accept")

    with site.session() as session:
        seat = session.scalars(
            select(Participation).where(Participation.physician_id == person.id)
        ).one()
        moved = session.scalars(select(Transfer).where(Transfer.physician_id == person.id)).one()
        assert moved.with_case is False
        assert (seat.institution_id, seat.status) == (
            row.institution_id,
            ParticipationStatus.UNCONFIRMED,
        )
