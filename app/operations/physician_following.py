"""What follows from taking physicians up: account, identity, participation and trail, set-based.

Everything is copied from the physicians' rows inside the database; nothing is sent back and forth.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, insert, literal, select
from sqlalchemy.orm import Session

from app.enums import N_, AccountState, AppointmentStatus, ParticipationStatus, Role
from app.models import (
    Account,
    Appointment,
    Cycle,
    Identity,
    Participation,
    Physician,
    TrailEntry,
)
from app.operations import trail
from app.queries.among import among
from app.security.actor import Actor, unscoped
from app.security.scope_session import SetBased

INITIAL_PERIOD = timedelta(hours=72)
OWNER = ("province_id", "authority_path", "institution_id")


def follow(
    session: Session,
    physician_ids: Sequence[int],
    *,
    actor: Actor,
    at: datetime,
    cycle: Cycle | None,
) -> None:
    """Give each an account in the initial state, a hat, a place in the cycle and a first entry.

    Who has an account already, being registered in another province, only gets a further hat.
    """
    chosen = among(session, Physician.id, physician_ids)
    with unscoped("a person has one account in the country, whichever body meets it first"):
        _copy(session, Account, _account(at), select_from=_without_account(chosen))
        _copy(
            session,
            Identity,
            {
                "role": literal(Role.PHYSICIAN, Identity.role.type),
                "is_active": literal(True),
                "account_id": Account.id,
                "physician_id": Physician.id,
                **_owner(),
            },
            select_from=lambda columns: (
                select(*columns)
                .join(Account, Account.username == Physician.id_index)
                .where(chosen)
                .order_by(Physician.id)
            ),
        )
    if cycle is not None:
        values = {
            "status": literal(ParticipationStatus.UNCONFIRMED, Participation.status.type),
            "version": literal(1),
            "cycle_id": literal(cycle.id),
            "agency_id": appointed(Physician.institution_id, cycle_id=cycle.id),
            "physician_id": Physician.id,
            **_owner(),
        }
        _copy(session, Participation, values, select_from=_each(chosen))
    facts = trail.columns(actor, at=at, subject="physician", action="create", label=N_("新增医师"))
    entry = {name: literal(value, getattr(TrailEntry, name).type) for name, value in facts.items()}
    owner = {"physician_id": Physician.id, "subject_id": Physician.id, **_owner()}
    _copy(session, TrailEntry, {**entry, **owner}, select_from=_each(chosen))


def appointed(institution_id: Any, *, cycle_id: int) -> Any:
    """Give the agency appointed to an institution in a cycle, as an expression of a statement."""
    return (
        select(Appointment.agency_id)
        .where(
            Appointment.institution_id == institution_id,
            Appointment.cycle_id == cycle_id,
            Appointment.status == AppointmentStatus.ACTIVE,
        )
        .scalar_subquery()
    )


def _owner() -> dict[str, Any]:
    return {name: getattr(Physician, name) for name in OWNER}


def _each(chosen: Any) -> Any:
    return lambda columns: select(*columns).where(chosen).order_by(Physician.id)


def _without_account(chosen: Any) -> Any:
    taken = select(Account.id).where(Account.username == Physician.id_index).exists()
    return lambda columns: select(*columns).where(chosen, ~taken).order_by(Physician.id)


def _account(at: datetime) -> Mapping[str, Any]:
    """No password is stored; the framework's defaults would ask for a request, hence the nulls."""
    return {
        "username": Physician.id_index,
        "email": Physician.id_index + "@account.invalid",
        "first_name": Physician.name,
        "last_name": literal(""),
        "password": literal(None, Account.password.type),
        "active": literal(True),
        "state": literal(AccountState.INITIAL, Account.state.type),
        "initial_until": literal(at + INITIAL_PERIOD),
        "initial_tries": literal(0),
        "created_on": literal(at),
        "changed_on": literal(at),
        "created_by_fk": literal(None, Account.created_by_fk.type),
        "changed_by_fk": literal(None, Account.changed_by_fk.type),
    }


def _copy(session: Session, model: Any, values: Mapping[str, Any], *, select_from: Any) -> None:
    source: Select[Any] = select_from([value.label(name) for name, value in values.items()])
    session.execute(insert(model).from_select(list(values), source).options(SetBased()))
