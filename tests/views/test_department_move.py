"""移动医师 and 合并科室: physicians and drafts follow, what was submitted stays, and all of it is on record."""

import pytest
from sqlalchemy import func, select

from app.enums import AssessmentStatus as S
from app.enums import BodyStatus
from app.models import Assessment, Department, Institution, Physician, Registration, TrailEntry
from tests.support.site import Site
from tests.views.casebrowser import page
from tests.workflows.world import HOSPITAL

CLERK = "hospital"


def department(site: Site, name: str, house: str = HOSPITAL) -> int:
    with site.session() as session:
        return int(
            session.scalars(
                select(Department.id)
                .join(Institution, Institution.id == Department.institution_id)
                .where(Department.name == name, Institution.name == house)
            ).one()
        )


def members(site: Site, pk: int) -> set[int]:
    with site.session() as session:
        return set(session.scalars(select(Physician.id).where(Physician.department_id == pk)))


def forms(site: Site, physicians: set[int]) -> dict[bool, set[int | None]]:
    """Give the departments that forms name, by whether they are still the physician's."""
    found: dict[bool, set[int | None]] = {True: set(), False: set()}
    with site.session() as session:
        rows = session.execute(
            select(Assessment.status, Registration.department_id)
            .join(Registration, Registration.participation_id == Assessment.participation_id)
            .where(Assessment.physician_id.in_(physicians))
        )
        for status, department_id in rows:
            own = status in (S.AWAITING_FORM, S.INSTITUTION_REJECTED, S.AGENCY_REJECTED)
            found[own].add(department_id)
    return found


def send(
    site: Site, pk: int, action: str, target: int | str, ids: set[int], who: str = CLERK
) -> str:
    data = {"action": action, "target_id": str(target), "ids": [str(one) for one in sorted(ids)]}
    answer = site.client(who).post(f"/departments/move/{pk}", data=data, follow_redirects=True)
    return f"{answer.status_code} {answer.text}"


def test_the_ticked_go_and_the_others_stay(site: Site) -> None:
    old, new = department(site, "内科"), department(site, "外科")
    before, there = members(site, old), members(site, new)
    chosen = set(sorted(before)[:2])

    assert "已将2名医师移动到“外科”。" in send(site, old, "move", new, chosen)

    assert members(site, old) == before - chosen
    assert members(site, new) == there | chosen


def test_a_merge_takes_everybody_the_subjects_and_the_drafts(site: Site) -> None:
    old, new = department(site, "内科"), department(site, "外科")
    before, there = members(site, old), members(site, new)

    assert "已合并到" in send(site, old, "merge", new, set())

    assert (members(site, old), members(site, new)) == (set(), there | before)
    told = forms(site, before)
    assert told[True] <= {new}
    assert told[False] <= {old}
    assert told[True] | told[False] == {old, new}
    with site.session() as session:
        source, target = session.get_one(Department, old), session.get_one(Department, new)
        assert source.status is BodyStatus.STOPPED
        assert {link.subject_id for link in source.links} <= {
            link.subject_id for link in target.links
        }
        logged = session.scalars(
            select(TrailEntry.action).where(
                TrailEntry.subject == "department", TrailEntry.subject_id == old
            )
        ).all()
    assert {"move", "merge", "stop"} <= set(logged)
    history = page(site.client(CLERK), f"/departments/show/{old}")
    assert "合并科室" in history
    assert "内科 → 外科" in history


@pytest.mark.parametrize(
    ("target", "words"),
    [("", "请选择要移动到的科室。"), ("内科", "选项"), ("neighbour", "选项")],
)
def test_only_another_enabled_department_of_ones_own_takes_them(
    site: Site, target: str, words: str
) -> None:
    old = department(site, "内科")
    before = members(site, old)
    chosen: int | str = target
    if target == "内科":
        chosen = old
    if target == "neighbour":
        with site.session() as session:
            chosen = (
                session.scalars(
                    select(Department.id)
                    .join(Institution, Institution.id == Department.institution_id)
                    .where(Institution.name != HOSPITAL)
                ).first()
                or 0
            )

    text = send(site, old, "move", chosen, before)

    assert members(site, old) == before
    assert "科室变更记录" not in text
    assert words in text or 'class="field-error"' in text


def test_the_physicians_of_a_neighbour_do_not_move(site: Site) -> None:
    old, new = department(site, "内科"), department(site, "外科")
    with site.session() as session:
        strangers = set(
            session.scalars(
                select(Physician.id)
                .join(Institution, Institution.id == Physician.institution_id)
                .where(Institution.name != HOSPITAL)
                .limit(3)
            )
        )
        where = dict(
            session.execute(
                select(Physician.id, Physician.department_id).where(Physician.id.in_(strangers))
            ).all()
        )

    assert "请勾选要移动的医师。" in send(site, old, "move", new, strangers)
    assert send(site, old, "merge", new, set(), who="hospital-3").startswith("404")

    with site.session() as session:
        assert where == dict(
            session.execute(
                select(Physician.id, Physician.department_id).where(Physician.id.in_(strangers))
            ).all()
        )


def test_no_physician_is_lost(site: Site) -> None:
    old, new = department(site, "儿科"), department(site, "外科")

    def number() -> int:
        with site.session() as session:
            return session.scalars(select(func.count(Physician.id))).one()

    before = number()
    send(site, old, "merge", new, set())

    assert number() == before
