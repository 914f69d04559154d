"""The generator of the benchmarks, in small: what it copies must be as sound as what is typed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import and_, create_engine, exists, func, select
from sqlalchemy.orm import Session, aliased

from app.enums import AssessmentStatus, IdType, ParticipationStatus
from app.extensions import db
from app.models import Assessment, Institution, Participation, Physician
from app.operations.physicians import id_index
from app.periods import local_day
from app.queries import cycles
from app.security.actor import unscoped
from app.security.id_numbers import id_number_problem, uscc_problem
from bench.generate import generate
from tests.support import postgres as pg
from tests.support.storage import open_storage

AT = datetime(2026, 11, 23, 1, 30)
PHYSICIANS, INSTITUTIONS = 3000, 40


@pytest.fixture(scope="module")
def big(postgres: str) -> Iterator[tuple[Session, dict[str, Any]]]:
    url = pg.fresh_database(postgres)
    engine, _sessions = open_storage(url)
    engine.dispose()
    engine = create_engine(url)
    facts = generate(engine, physicians=PHYSICIANS, institutions=INSTITUTIONS, at=AT)
    with unscoped("a test looks at the whole country"), Session(engine) as session:
        yield session, facts
    engine.dispose()
    pg.drop_database(postgres, url)


def test_it_is_as_big_as_asked(big: tuple[Session, dict[str, Any]]) -> None:
    session, facts = big
    counts = [
        session.scalar(select(func.count(model.id)))
        for model in (Physician, Participation, Institution, Assessment)
    ]
    biggest = session.execute(
        select(Physician.province_id, func.count(Physician.id))
        .group_by(Physician.province_id)
        .order_by(func.count(Physician.id).desc())
    ).first()

    assert counts == [PHYSICIANS, PHYSICIANS, INSTITUTIONS, facts["assessments"]]
    assert biggest is not None
    assert tuple(biggest) == (facts["province_id"], PHYSICIANS * 40 // 100)


def test_no_reference_leads_nowhere(big: tuple[Session, dict[str, Any]]) -> None:
    session, _facts = big
    lost = {}
    for mapper in db.Model.registry.mappers:
        for column in mapper.local_table.columns:
            for key in column.foreign_keys:
                target = key.column.table.alias()
                known = exists().where(target.c[key.column.name] == column)
                found = session.scalar(
                    select(func.count())
                    .select_from(mapper.local_table)
                    .where(column.is_not(None), ~known)
                )
                if found:
                    lost[str(column)] = found

    assert lost == {}


def test_scope_columns_agree_with_the_institution(big: tuple[Session, dict[str, Any]]) -> None:
    session, _facts = big
    for model in (Physician, Participation, Assessment):
        strayed = session.scalar(
            select(func.count(model.id))
            .join(Institution, Institution.id == model.institution_id)
            .where(
                (model.province_id != Institution.province_id)
                | (model.authority_path != Institution.authority_path)
            )
        )
        assert strayed == 0


def test_a_sample_is_found_by_its_number(big: tuple[Session, dict[str, Any]]) -> None:
    session, facts = big
    sample = facts["samples"][-1]

    row = session.scalars(
        select(Physician).where(Physician.id_index == id_index(sample["id_number"]))
    ).one()

    assert (row.id, row.id_number, row.name, row.institution_id) == (
        sample["physician_id"],
        sample["id_number"],
        sample["name"],
        sample["institution_id"],
    )
    assert len(facts["samples"]) > 900


def test_its_numbers_are_valid_and_its_rows_can_be_read(
    big: tuple[Session, dict[str, Any]],
) -> None:
    session, _facts = big
    people = session.scalars(select(Physician).where(Physician.id % 97 == 0)).all()
    codes = session.scalars(select(Institution.uscc)).all()

    assert [code for code in codes if uscc_problem(code)] == []
    assert people
    assert [
        row.id
        for row in people
        if id_number_problem(IdType.RESIDENT, row.id_number, local_day(AT)) or not row.phone
    ] == []


def test_confirmed_physicians_and_nobody_else_have_a_case(
    big: tuple[Session, dict[str, Any]],
) -> None:
    session, _facts = big
    case = aliased(Assessment)
    wrong = session.scalar(
        select(func.count(Participation.id))
        .outerjoin(
            case,
            and_(
                case.participation_id == Participation.id,
                case.physician_id == Participation.physician_id,
                case.cycle_id == Participation.cycle_id,
            ),
        )
        .where((Participation.status == ParticipationStatus.CONFIRMED) == case.id.is_(None))
    )
    statuses = set(session.scalars(select(Assessment.status)))

    assert wrong == 0
    assert statuses == set(AssessmentStatus) - {AssessmentStatus.HALTED}


def test_the_cycle_is_open_and_the_next_row_gets_a_free_id(
    big: tuple[Session, dict[str, Any]],
) -> None:
    session, facts = big
    cycle = cycles.current(session, province_id=facts["province_id"])
    assert cycle is not None
    twin = session.get_one(Institution, facts["institution_id"])
    fresh = Institution(
        uscc="91110000600037341L",
        name="新医院",
        province_id=twin.province_id,
        authority_path=twin.authority_path,
        authority_id=twin.authority_id,
    )
    session.add(fresh)
    session.flush()
    identity = fresh.id
    session.rollback()

    assert (cycle.id, len(cycle.windows)) == (facts["cycle_id"], 5)
    assert identity == INSTITUTIONS + 1
