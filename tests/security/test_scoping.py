"""The row scope: every model has a row in the table, and nothing gets around it."""

from typing import Any

import pytest
from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.orm import Session, aliased, joinedload, selectinload, sessionmaker

from app import models as m
from app.enums import BodyStatus, Role
from app.extensions import db
from app.models import Assessment, Department, Institution, Participation, Physician
from app.security.actor import NobodyActing, acting_as, bind_actor, unscoped
from app.security.scope_session import ForeignRow, install, scoped
from app.security.scoping import PUBLIC, SCOPES
from app.security.write_scopes import WRITES
from tests.support.site import Site


def _entities() -> set[type[Any]]:
    return {
        value
        for value in vars(m).values()
        if isinstance(value, type)
        and issubclass(value, db.Model)
        and value.__module__.startswith("app.tables.")
    }


def test_every_model_is_scoped_or_declared_public() -> None:
    assert _entities() == set(SCOPES) | set(PUBLIC)


def test_writing_is_declared_only_for_scoped_models() -> None:
    assert set(WRITES) <= set(SCOPES)


def test_every_scoped_column_and_its_province_exist() -> None:
    owned = {"institution_id", "physician_id", "agency_id"}
    for model in SCOPES:
        columns = set(model.__mapper__.columns.keys())
        if columns & owned and model is not m.Account:
            assert "province_id" in columns, model


def test_uniques_of_owned_tables_contain_the_province() -> None:
    public_tokens = {
        "uq_roster_upload_token",
        "uq_authority_code",
        "uq_national_rules_number",
        "uq_api_token_prefix",
        "uq_upload_token",
        "uq_trail_seal_last_id",
    }
    # an account belongs to no province, nor does what is its own
    public_tokens |= {"uq_message_account_id_once"}
    public_tokens |= {"uq_announcement_reading_announcement_id_account_id"}
    public_tokens |= {"uq_job_file_part_file_id_number"}  # parts lie with their file
    for model in _entities() - {m.Account, m.Subject, m.WebSession, m.LoginGuard, m.Setting}:
        for constraint in model.__table__.constraints:
            if constraint.__class__.__name__ != "UniqueConstraint":
                continue
            names = {column.name for column in constraint.columns}
            label = f"uq_{model.__tablename__}_{'_'.join(c.name for c in constraint.columns)}"
            assert "province_id" in names or label in public_tokens, label


def test_nobody_sees_nothing_and_says_so(shared_site: Site) -> None:
    with shared_site.app.app_context():
        bind_actor(None)
        for model in SCOPES:
            with pytest.raises(NobodyActing):
                db.session.execute(select(model).limit(1))


def test_a_missing_cell_sees_nothing(shared_site: Site) -> None:
    with shared_site.session("sysadmin") as session:
        assert session.scalar(select(func.count()).select_from(Physician)) == 0
        assert session.scalars(select(Assessment)).all() == []


@pytest.fixture
def foreign(shared_site: Site) -> dict[str, int]:
    """Ids of rows of other hospitals than the clerk's."""
    own = shared_site.actor("hospital").institution_id
    with shared_site.session() as session:
        found = {}
        for model in (Department, Physician, Participation, Assessment):
            found[model.__name__] = session.scalars(
                select(model.id).where(model.institution_id != own).order_by(model.id).limit(1)
            ).one()
        found["Institution"] = session.scalars(
            select(Institution.id).where(Institution.id != own).limit(1)
        ).first()
        return found


def _aliased(session: Session, model: Any, pk: int) -> Any:
    other = aliased(model)
    return session.scalars(select(other).where(other.id == pk)).first()


def _joined_alias(session: Session, model: Any, pk: int) -> Any:
    other = aliased(model)
    statement = select(other.id).select_from(m.Subject).join(other, other.id == pk)
    return session.scalars(statement.limit(1)).first()


def _outer_joined_alias(session: Session, model: Any, pk: int) -> Any:
    other = aliased(model, name="elsewhere")
    statement = select(other.id).select_from(m.Subject).outerjoin(other, other.id == pk)
    return session.scalars(statement.limit(1)).first()


FORMS = {
    "get": lambda s, model, pk: s.get(model, pk),
    "select": lambda s, model, pk: s.scalars(select(model).where(model.id == pk)).first(),
    "column": lambda s, model, pk: s.scalars(select(model.id).where(model.id == pk)).first(),
    "count": lambda s, model, pk: s.scalar(select(func.count(model.id)).where(model.id == pk)),
    "alias": _aliased,
    "joined alias": _joined_alias,
    "outer joined alias": _outer_joined_alias,
    "subquery": lambda s, model, pk: s.scalar(
        select(func.count()).select_from(select(model.id).where(model.id == pk).subquery())
    ),
    "exists": lambda s, model, pk: s.scalar(
        select(m.Subject.id).where(exists().where(model.id == pk)).limit(1)
    ),
    "in": lambda s, model, pk: s.scalars(
        select(model.id).where(model.id.in_(select(model.id).where(model.id == pk)))
    ).first(),
    "query": lambda s, model, pk: s.query(model).filter(model.id == pk).first(),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("model", [Department, Physician, Participation, Assessment, Institution])
def test_a_foreign_row_does_not_exist(
    shared_site: Site, foreign: dict[str, int], model: Any, form: str
) -> None:
    pk = foreign[model.__name__]

    with shared_site.session() as session:
        assert FORMS[form](session, model, pk)  # it could leak
    with shared_site.session("hospital") as session:
        assert not FORMS[form](session, model, pk)


def test_cached_statements_take_the_scope_of_who_asks(shared_site: Site) -> None:
    other = aliased(Physician)
    for form in (select(Physician.institution_id), select(other.institution_id)):
        for username in ("hospital", "hospital-sn", "hospital"):
            own = shared_site.actor(username).institution_id
            with shared_site.session(username) as session:
                assert set(session.scalars(form.distinct())) == {own}


def test_relationships_and_eager_loads_stay_inside(shared_site: Site) -> None:
    own = shared_site.actor("hospital").institution_id

    with shared_site.session("hospital") as session:
        for option in (joinedload, selectinload):
            rows = session.scalars(
                select(Participation).options(option(Participation.physician)).limit(50)
            )
            assert {row.physician.institution_id for row in rows} == {own}
            session.expunge_all()


def test_a_foreign_row_reached_through_a_relationship_is_none(shared_site: Site) -> None:
    with shared_site.session("hospital") as session:
        department = session.scalars(select(Department)).first()
        with unscoped("a test plants a foreign key that leads elsewhere"):
            other = session.scalars(
                select(Institution.id).where(Institution.id != department.institution_id)
            ).first()
        session.expire(department, ["institution"])
        department.__dict__["institution_id"] = other
        with session.no_autoflush:
            assert department.institution is None


def test_bulk_writes_reach_own_rows_only(shared_site: Site, foreign: dict[str, int]) -> None:
    with shared_site.session("hospital") as session:
        changed = session.execute(
            update(Physician)
            .where(Physician.id == foreign["Physician"])
            .values(email="thief@example.invalid")
        )
        removed = session.execute(delete(Department).where(Department.id == foreign["Department"]))
        assert (changed.rowcount, removed.rowcount) == (0, 0)


def test_a_row_cannot_be_given_to_another_hospital(
    shared_site: Site, foreign: dict[str, int]
) -> None:
    with shared_site.session("hospital") as session:
        department = session.scalars(select(Department)).first()
        department.institution_id = foreign["Institution"]
        with pytest.raises(ForeignRow):
            session.flush()


def test_a_row_cannot_be_made_for_another_hospital(
    shared_site: Site, foreign: dict[str, int]
) -> None:
    values = {
        "name": "偷建科",
        "status": BodyStatus.ACTIVE,
        "province_id": 1,
        "authority_path": "/",
        "institution_id": foreign["Institution"],
    }
    with shared_site.session("hospital") as session:
        session.add(Department(**values))
        with pytest.raises(ForeignRow):
            session.flush()
        session.rollback()
        with pytest.raises(ForeignRow):
            session.execute(insert(Department), [values])


def test_a_physician_sees_own_rows_only(shared_site: Site) -> None:
    with shared_site.session() as session:
        username = session.scalars(
            select(m.Account.username)
            .join(m.Identity, m.Identity.account_id == m.Account.id)
            .where(m.Identity.role == Role.PHYSICIAN)
            .order_by(m.Identity.id)
        ).first()
        identity = session.scalars(
            select(m.Identity).join(m.Account).where(m.Account.username == username)
        ).first()
        own = identity.physician_id
        identity_id = identity.id
    actor = shared_site.actor_of_identity(identity_id)
    with shared_site.app.app_context(), acting_as(actor):
        assert db.session.scalars(select(Physician.id)).all() == [own]
        for model in (Participation, Assessment, m.Registration, m.Opinion, m.TrailEntry):
            found = db.session.scalars(select(model.physician_id).distinct()).all()
            assert set(found) <= {own}
        db.session.rollback()


def test_a_city_sees_below_itself_and_not_its_sibling(shared_site: Site) -> None:
    city = shared_site.actor("city")
    with shared_site.session("city") as session:
        paths = session.scalars(select(Physician.authority_path).distinct()).all()
        institutions = session.scalars(select(Institution.authority_path)).all()
        cycles = session.scalars(select(m.Cycle.province_id).distinct()).all()
    assert institutions
    assert all(path.startswith(city.authority_path) for path in [*paths, *institutions])
    assert cycles == [city.province_id]


def test_an_agency_sees_what_it_is_appointed_to(shared_site: Site) -> None:
    agency = shared_site.actor("agency")
    with shared_site.session("agency") as session:
        seen = set(session.scalars(select(Assessment.agency_id).distinct()))
        institutions = set(session.scalars(select(Physician.institution_id).distinct()))
    assert seen == {agency.agency_id}
    assert institutions
    assert institutions <= agency.entrusted


def test_a_statement_for_the_connection_carries_the_scope(shared_site: Site) -> None:
    statement = select(Physician.id).join(Department, Department.id == Physician.department_id)
    with shared_site.session("hospital") as session:
        seen = set(session.scalars(select(Physician.id)))
        streamed = set(session.connection().execute(scoped(statement)).scalars())
    with shared_site.session() as session:
        everybody = set(session.connection().execute(scoped(statement)).scalars())

    assert streamed == seen
    assert len(everybody) > len(seen) > 10


def test_a_statement_for_the_connection_needs_somebody_acting(shared_site: Site) -> None:
    with shared_site.app.app_context():
        bind_actor(None)
        with pytest.raises(NobodyActing):
            scoped(select(Physician.id))


def test_every_new_factory_gets_the_scope_though_others_died_before() -> None:
    for _turn in range(300):
        plain = len(list(sessionmaker()().dispatch.before_flush))  # what the base class has
        factory = sessionmaker()
        install(factory)
        install(factory)
        with factory() as session:
            assert len(list(session.dispatch.before_flush)) == plain + 1
