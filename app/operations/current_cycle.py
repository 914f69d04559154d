"""The province's current cycle, kept in the process for as long as nobody writes what it shows.

A version in the installation's settings is raised in the transaction of every such write, and each
request reads it with its session: what was kept under an older version is never given again.
"""

from collections import OrderedDict
from typing import Any
from weakref import WeakSet

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from app.enums import Role
from app.models import Authority, Cycle, CycleWindow, RegistryLink, Setting
from app.queries import cycles
from app.security.actor import Actor

VERSION = "cycle_version"
_SHOWN = (Cycle, CycleWindow, RegistryLink, Authority)
_MOST = 200
_watched: "WeakSet[Any]" = WeakSet()
_kept: "OrderedDict[tuple[Engine, str, int, Role], Cycle | None]" = OrderedDict()


def kept(session: Session, *, actor: Actor, version: str | None) -> Cycle | None:
    """Give the open cycle of the actor's province with windows, province and registry link.

    It belongs to no session: it is for reading. Without a version it is read anew.
    """
    if actor.province_id is None:
        return None
    if version is None:
        return cycles.current(session, province_id=actor.province_id)
    key = (session.get_bind().engine, version, actor.province_id, actor.role)
    if key not in _kept:
        with Session(
            session.connection()
        ) as own:  # in the same transaction; nothing of the caller's
            _kept[key] = cycles.current(own, province_id=actor.province_id)
            own.expunge_all()
        while len(_kept) > _MOST:
            _kept.popitem(last=False)
    return _kept[key]


def watch(session_class: Any) -> None:
    """Raise the version with every write through a session class; a second call changes nothing."""
    if session_class not in _watched:  # not event.contains: see security/scope_session.py
        event.listen(session_class, "before_flush", _raise_version)
        _watched.add(session_class)


def _raise_version(session: Session, _context: Any, _instances: Any) -> None:
    written = [*session.new, *session.deleted]
    written += [row for row in session.dirty if session.is_modified(row)]
    if not any(isinstance(row, _SHOWN) for row in written):
        return
    row = session.get(Setting, VERSION, with_for_update=True, populate_existing=True)
    if row is None:
        session.add(Setting(key=VERSION, value="1"))
    else:
        row.value = str(int(row.value) + 1)
