"""The triggers that keep 考核统计 true whatever writes: a step, a bulk update, an import, a transfer.

Each statement adds the difference it makes as new rows of ``figure``: nobody waits for a counter.
On PostgreSQL a trigger sees a statement's rows together, on SQLite one by one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import DDL, ColumnElement, Connection, column, inspect, select, table

KEY = (
    "province_id",
    "authority_path",
    "institution_id",
    "agency_id",
    "cycle_id",
    "category",
    "level",
    "seat",
    "status",
    "procedure",
    "result",
)
"""What the participations of one figure have in common."""

_COLUMNS = ", ".join(KEY)
_CASE = ("status", "procedure", "result")
_PERSON = ("category", "level")
_WATCHED = {
    "participation": ("status", "institution_id", "authority_path", "agency_id", "cycle_id"),
    "assessment": _CASE,
    "physician": _PERSON,
}
"""The columns of each table that a figure depends on."""
_EVENTS = (
    ("participation", "insert"),
    ("participation", "update"),
    ("participation", "delete"),
    ("assessment", "insert"),
    ("assessment", "update"),
    ("assessment", "delete"),
    ("physician", "update"),  # nobody comes or goes with a participation
)


@dataclass(frozen=True, slots=True)
class _Dialect:
    """How a trigger names the rows before and after, and what it reads them from."""

    old: str
    new: str
    from_old: str
    from_new: str
    from_both: str
    differs: str


_POSTGRESQL = _Dialect(
    "o", "n", "gone o", "come n", "gone o JOIN come n ON n.id = o.id", "IS DISTINCT FROM"
)
_SQLITE = _Dialect("OLD", "NEW", "(SELECT 1)", "(SELECT 1)", "(SELECT 1)", "IS NOT")


def are_tables_there(connection: Connection) -> bool:
    """Say whether there is anything to watch, and somewhere to write."""
    return {"figure", *_WATCHED} <= set(inspect(connection).get_table_names())


def are_in_place(connection: Connection) -> bool:
    """Say whether every trigger is there; a changed one comes with a migration."""
    is_postgresql = connection.dialect.name == "postgresql"
    catalogue = table("pg_trigger" if is_postgresql else "sqlite_master")
    name: ColumnElement[str] = column("tgname" if is_postgresql else "name")
    wanted = {f"figure_{table_name}_{event}" for table_name, event in _EVENTS}
    found = connection.scalars(select(name).select_from(catalogue).where(name.in_(sorted(wanted))))
    return set(found) == wanted


def remove(connection: Connection) -> None:
    """Take the triggers away: no table may be rebuilt under them."""
    is_postgresql = connection.dialect.name == "postgresql"
    for watched, event in _EVENTS:
        name = f"figure_{watched}_{event}"
        on = f" ON {watched}" if is_postgresql else ""
        _run(connection, f"DROP TRIGGER IF EXISTS {name}{on}")
        if is_postgresql:
            _run(connection, f"DROP FUNCTION IF EXISTS {name}()")


def install(connection: Connection) -> None:
    """Put the triggers in place; a second call changes nothing."""
    remove(connection)
    is_postgresql = connection.dialect.name == "postgresql"
    for watched, event in _EVENTS:
        for statement in (_postgresql if is_postgresql else _sqlite)(watched, event):
            _run(connection, statement)


def _run(connection: Connection, statement: str) -> None:
    connection.execute(DDL(statement))  # type: ignore[no-untyped-call]  # the library says no types


def _postgresql(watched: str, event: str) -> Iterator[str]:
    name = f"figure_{watched}_{event}"
    changes = " UNION ALL ".join(_differences(_POSTGRESQL, watched, event))
    yield (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" INSERT INTO figure ({_COLUMNS}, number)"
        f" SELECT {_COLUMNS}, sum(number) FROM ({changes}) AS d ({_COLUMNS}, number)"
        f" GROUP BY {_COLUMNS} HAVING sum(number) <> 0;"
        " RETURN NULL; END $$"
    )
    tables = {
        "insert": "NEW TABLE AS come",
        "update": "OLD TABLE AS gone NEW TABLE AS come",
        "delete": "OLD TABLE AS gone",
    }
    yield (
        f"CREATE TRIGGER {name} AFTER {event.upper()} ON {watched}"
        f" REFERENCING {tables[event]} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
    )


def _sqlite(watched: str, event: str) -> Iterator[str]:
    of = f" OF {', '.join(_WATCHED[watched])}" if event == "update" else ""
    inserts = " ".join(
        f"INSERT INTO figure ({_COLUMNS}, number) {one};"
        for one in _differences(_SQLITE, watched, event)
    )
    yield (
        f"CREATE TRIGGER figure_{watched}_{event} AFTER {event.upper()}{of} ON {watched}"
        f" FOR EACH ROW BEGIN {inserts} END"
    )


def _differences(d: _Dialect, watched: str, event: str) -> list[str]:
    """Write what a change takes away and adds, as SELECTs of key and number."""
    selects = {"participation": _seat, "assessment": _case, "physician": _person}
    write, rule = selects[watched], ""
    from_old, from_new = d.from_old, d.from_new
    if event == "update":
        pairs = (f"{d.old}.{name} {d.differs} {d.new}.{name}" for name in _WATCHED[watched])
        rule, from_old, from_new = f" WHERE {' OR '.join(pairs)}", d.from_both, d.from_both
    found = []
    if event in ("update", "delete"):
        found.append(write(d.old, from_old, -1) + rule)
    if event in ("update", "insert"):
        found.append(write(d.new, from_new, 1) + rule)
    # A case that comes or goes turns its participation from one without into one with.
    if (watched, event) == ("assessment", "insert"):
        found.append(_case(d.new, from_new, -1, is_there=False))
    if (watched, event) == ("assessment", "delete"):
        found.append(_case(d.old, from_old, 1, is_there=False))
    return found


def _seat(row: str, source: str, number: int) -> str:
    return (
        f"SELECT {_key(row, 'ph', 'a')}, {number} FROM {source}"
        f" JOIN physician ph ON ph.id = {row}.physician_id"
        f" LEFT JOIN assessment a ON a.participation_id = {row}.id"
    )


def _case(row: str, source: str, number: int, *, is_there: bool = True) -> str:
    return (
        f"SELECT {_key('p', 'ph', row if is_there else None)}, {number} FROM {source}"
        f" JOIN participation p ON p.id = {row}.participation_id"
        " JOIN physician ph ON ph.id = p.physician_id"
    )


def _person(row: str, source: str, number: int) -> str:
    return (
        f"SELECT {_key('p', row, 'a')}, {number} FROM {source}"
        f" JOIN participation p ON p.physician_id = {row}.id"
        " LEFT JOIN assessment a ON a.participation_id = p.id"
    )


def _key(seat: str, person: str, case: str | None) -> str:
    of_case = [f"{case}.{name}" if case else "NULL" for name in _CASE]
    owner = [f"{seat}.{name}" for name in KEY[:5]]
    of_person = [f"{person}.{name}" for name in _PERSON]
    return ", ".join([*owner, *of_person, f"{seat}.status", *of_case])
