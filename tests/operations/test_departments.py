"""What may be done to a hospital's departments, and what keeps them."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from app.models import (
    Department,
    DepartmentSubject,
    Institution,
    Participation,
    Registration,
    Subject,
    TrailEntry,
)
from app.operations import departments
from app.operations.code_lists import load_subjects
from app.operations.departments import DepartmentRefused
from app.operations.physicians import create_physicians
from app.security.actor import Actor, acting_as, unscoped
from app.workflows.cycle import open_cycle
from tests.support.world import AT, World


def subject_ids(world: World, *codes: str) -> list[int]:
    with unscoped("code lists belong to nobody"):
        load_subjects(world.session)
    return list(world.session.scalars(select(Subject.id).where(Subject.code.in_(codes))))


def create(
    world: World, institution: Institution, clerk: Actor, name: str, *codes: str
) -> Department:
    chosen = subject_ids(world, *codes)
    with acting_as(clerk):
        return departments.create_department(
            world.session,
            institution=institution,
            name=name,
            subject_ids=chosen,
            actor=clerk,
            at=AT,
        )


def linked(world: World, pk: int) -> list[str]:
    with unscoped("the test looks behind the curtain"):
        found = world.session.scalars(
            select(Subject.code)
            .join(DepartmentSubject, DepartmentSubject.subject_id == Subject.id)
            .where(DepartmentSubject.department_id == pk)
            .order_by(Subject.code)
        )
        return list(found)


def trail(world: World) -> list[tuple[str, str | None, int | None]]:
    with unscoped("the test looks behind the curtain"):
        found = world.session.scalars(
            select(TrailEntry).where(TrailEntry.subject == "department").order_by(TrailEntry.id)
        )
        return [(entry.action, entry.comment, entry.institution_id) for entry in found]


def test_a_department_belongs_to_the_institution_and_leaves_a_trace(world: World) -> None:
    institution, _unit, clerk = world.hospital("140213", "平城区医院")

    row = create(world, institution, clerk, " 妇  科 ", "05", "05.01")

    assert row.name == "妇 科"
    assert (row.province_id, row.institution_id) == (institution.province_id, institution.id)
    assert linked(world, row.id) == ["05", "05.01"]
    assert trail(world) == [("create", "妇 科", institution.id)]


def test_a_name_is_taken_in_one_institution_only(world: World) -> None:
    institution, _unit, clerk = world.hospital("140213", "平城区医院")
    other, _other_unit, stranger = world.hospital("140400", "长治市医院")
    create(world, institution, clerk, "妇科", "05")

    with pytest.raises(DepartmentRefused) as refused:
        create(world, institution, clerk, "妇科 ", "05")

    assert refused.value.field == "name"
    assert "科室“妇科”已存在" in str(refused.value.message)
    assert create(world, other, stranger, "妇科", "05").institution_id == other.id


def test_a_department_without_subject_is_refused(world: World) -> None:
    institution, _unit, clerk = world.hospital("140213", "平城区医院")

    with pytest.raises(DepartmentRefused) as refused:
        create(world, institution, clerk, "妇科")

    assert refused.value.field == "subjects"


def update(world: World, clerk: Actor, pk: int, **changes: Any) -> Department:
    with acting_as(clerk):
        return departments.update_department(world.session, pk, actor=clerk, at=AT, **changes)


def test_editing_adds_and_removes_subjects_and_moves_the_version(world: World) -> None:
    institution, _unit, clerk = world.hospital("140213", "平城区医院")
    row = create(world, institution, clerk, "妇科", "05", "05.01")
    before = row.version

    update(
        world, clerk, row.id, name="妇产科", subject_ids=subject_ids(world, "05", "05.02"),
        version=before,
    )  # fmt: skip

    assert row.version > before
    assert linked(world, row.id) == ["05", "05.02"]
    assert trail(world)[-1] == ("edit", "妇科 → 妇产科", institution.id)


def test_a_department_keeps_its_own_name_but_takes_no_others(world: World) -> None:
    institution, unit, clerk = world.hospital("140213", "平城区医院")
    row = create(world, institution, clerk, "妇科", "05")
    chosen = subject_ids(world, "05")

    kept = update(world, clerk, row.id, name="妇科", subject_ids=chosen, version=row.version)

    assert kept.name == "妇科"
    with acting_as(clerk):
        taken = unit.name
    with pytest.raises(DepartmentRefused):
        update(world, clerk, row.id, name=taken, subject_ids=chosen, version=row.version)


def test_a_stale_version_is_refused(world: World) -> None:
    institution, _unit, clerk = world.hospital("140213", "平城区医院")
    row = create(world, institution, clerk, "妇科", "05")
    seen = row.version
    chosen = subject_ids(world, "05")
    update(world, clerk, row.id, name="产科", subject_ids=chosen, version=seen)

    with pytest.raises(DepartmentRefused) as refused:
        update(world, clerk, row.id, name="产前科", subject_ids=chosen, version=seen)

    assert "已被他人修改" in str(refused.value.message)
    assert row.name == "产科"


def test_physicians_keep_a_department(world: World) -> None:
    institution, unit, clerk = world.hospital("140213", "平城区医院")
    with acting_as(clerk):
        create_physicians(
            world.session,
            institution=institution,
            rows=[(person, unit.id) for person in world.doctors(2)],
            actor=clerk,
            at=AT,
        )

        with pytest.raises(DepartmentRefused) as refused:
            departments.delete_department(world.session, unit.id, actor=clerk, at=AT)

    assert str(refused.value.message) == (
        "该科室下已有医师2名，不能删除；可先停用该科室，再创建正确的科室。"
    )


def test_a_registration_that_names_it_keeps_a_department(world: World) -> None:
    institution, unit, clerk = world.hospital("140213", "平城区医院")
    chief = world.chief("140000")
    cycle = world.cycle("140000")
    with acting_as(chief):
        open_cycle(world.session, cycle, actor=chief, at=AT)
    chosen = create(world, institution, clerk, "妇科", "05")
    with acting_as(clerk):
        create_physicians(
            world.session,
            institution=institution,
            rows=[(person, unit.id) for person in world.doctors(1)],
            actor=clerk,
            at=AT,
        )
        part = world.session.scalars(select(Participation)).one()
        world.session.add(
            Registration(
                participation_id=part.id,
                physician_id=part.physician_id,
                province_id=part.province_id,
                authority_path=part.authority_path,
                institution_id=part.institution_id,
                department_id=chosen.id,
            )
        )
        world.session.flush()

        with pytest.raises(DepartmentRefused) as refused:
            departments.delete_department(world.session, chosen.id, actor=clerk, at=AT)

    assert "已有1份报名信息选择了该科室" in str(refused.value.message)


def test_an_empty_department_goes_with_its_links(world: World) -> None:
    institution, _unit, clerk = world.hospital("140213", "平城区医院")
    row = create(world, institution, clerk, "妇科", "05")
    pk = row.id

    with acting_as(clerk):
        name = departments.delete_department(world.session, pk, actor=clerk, at=AT)
        left = world.session.get(Department, pk)

    assert (name, left, linked(world, pk)) == ("妇科", None, [])
    assert trail(world)[-1] == ("delete", "妇科", institution.id)


def test_another_institutions_department_does_not_exist(world: World) -> None:
    institution, _unit, clerk = world.hospital("140213", "平城区医院")
    _other, _other_unit, stranger = world.hospital("140400", "长治市医院")
    row = create(world, institution, clerk, "妇科", "05")
    pk = row.id
    world.session.expunge_all()

    with acting_as(stranger), pytest.raises(NoResultFound):
        departments.delete_department(world.session, pk, actor=stranger, at=AT)
