"""医师: storing thousands in one statement; on PostgreSQL as arrays, on SQLite row by row."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Enum, LargeBinary, String, func, insert, literal, select
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from app.crypto import EncryptedText, keyring
from app.models import Physician
from app.operations.physician_rows import Home
from app.queries.among import among
from app.security.actor import current_actor
from app.security.scope_session import ForeignRow, SetBased
from app.security.scoping import writable

Columns = Mapping[str, Sequence[Any]]


def insert_physicians(
    session: Session, columns: Columns, *, homes: Sequence[Home], at: datetime
) -> dict[str, int]:
    """Store physicians of one province, given column by column; their ids by fingerprint.

    :param homes: the institution of each, in the same order.
    :raises ForeignRow: one of the institutions is not the acting body's to write.
    """
    cell, actor = writable(Physician, current_actor()), current_actor()
    for home in {home.id: home for home in homes}.values():
        if not cell.holds(_owner(home), actor):
            raise ForeignRow("insert of foreign physicians")
    owners = [_owner(home) for home in homes]
    columns = {**columns, **{name: [one[name] for one in owners] for name in owners[0]}}
    fixed = {"created_at": at, "version": 1}
    if session.get_bind().dialect.name == "postgresql":
        return _as_arrays(session, columns, fixed)
    rows = zip(*columns.values(), strict=True)
    values = [{**dict(zip(columns, row, strict=True)), **fixed} for row in rows]
    session.execute(insert(Physician), values, execution_options={"render_nulls": True})
    statement = select(Physician.id_index, Physician.id).where(
        Physician.province_id == homes[0].province_id,
        among(session, Physician.id_index, columns["id_index"], kind=String()),
    )
    return dict(session.execute(statement).all())


def _owner(home: Home) -> dict[str, Any]:
    return {
        "province_id": home.province_id,
        "authority_path": home.authority_path,
        "institution_id": home.id,
    }


def _as_arrays(session: Session, columns: Columns, fixed: Mapping[str, Any]) -> dict[str, int]:
    """Send each column as one array, unpacked in step by the server."""
    source = select(
        *(func.unnest(_array(name, values)).label(name) for name, values in columns.items()),
        *(
            literal(value, getattr(Physician, name).type).label(name)
            for name, value in fixed.items()
        ),
    )
    statement = (
        insert(Physician)
        .from_select([*columns, *fixed], source, include_defaults=False)
        .returning(Physician.id_index, Physician.id)
        .options(SetBased())
    )
    return dict(session.execute(statement).all())


def _array(name: str, values: Sequence[Any]) -> Any:
    """A column as the database keeps it: what the type would do to one value, done to all."""
    kind: TypeEngine[Any] = getattr(Physician, name).type
    if isinstance(kind, EncryptedText):
        sealed = keyring().encrypt_many(values, context=kind.context)
        return literal(sealed, ARRAY(LargeBinary))
    if isinstance(kind, Enum):
        names = [None if value is None else value.name for value in values]
        return literal(names, ARRAY(String))
    return literal(list(values), ARRAY(kind))
