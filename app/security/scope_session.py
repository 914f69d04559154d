"""The scope on the session: every ORM statement gets its criteria, every flush is checked.

Nobody acting on a scoped model raises. Core statements on ``Model.__table__`` and raw SQL are not
covered and are banned by a structure test.
"""

from collections import OrderedDict
from functools import lru_cache
from typing import Any
from weakref import WeakSet

from sqlalchemy import ColumnElement, Select, event, false, inspect
from sqlalchemy.orm import ORMExecuteState, Session, UserDefinedOption
from sqlalchemy.orm.util import LoaderCriteriaOption

from app.enums import Role
from app.security.actor import Actor, NobodyActing, actor_or_none, current_actor
from app.security.scoping import SCOPES, readable, writable


class ForeignRow(RuntimeError):
    """A row outside the actor's scope would have been written."""


class SetBased(UserDefinedOption):
    """Marks an INSERT … SELECT whose source rows were already read under the scope."""


KEPT = {"dingkao_kept": True}
"""Execution options of a statement that is built once and run often: its scoped form is kept too."""
_KEPT_FORMS = 10_000
_scoped_targets: "WeakSet[Any]" = WeakSet()
_kept: "OrderedDict[tuple[int, Actor | None], tuple[Any, Any]]" = OrderedDict()


class ScopeCriterion(LoaderCriteriaOption):
    """A loader criterion that follows its entity into aliases, joined ones included."""

    _traverse_internals = LoaderCriteriaOption._traverse_internals  # noqa: SLF001 - its base's cache key

    def _resolve_where_criteria(self, ext_info: Any) -> ColumnElement[bool]:
        criterion = super()._resolve_where_criteria(ext_info)
        if not ext_info.is_aliased_class:
            return criterion
        adapted: ColumnElement[bool] = ext_info._adapter.traverse(criterion)  # noqa: SLF001 - no public way
        return adapted


@lru_cache(maxsize=256)
def _criteria(actor: Actor | None) -> tuple[Any, ...]:
    return tuple(
        ScopeCriterion(
            model,
            false() if actor is None else readable(model, actor).criterion(model, actor),
            include_aliases=True,
            propagate_to_loaders=False,
        )
        for model in SCOPES
    )


def _scope_statement(state: ORMExecuteState) -> None:
    if state.is_column_load or not (
        state.is_select or state.is_update or state.is_delete or state.is_insert
    ):
        return
    actor = actor_or_none()
    if actor is not None and actor.role is Role.SYSTEM:
        return
    if actor is not None and not state.is_insert:
        state.statement = _scoped(state, actor)
        return
    touched = [m.class_ for m in state.all_mappers if m.class_ in SCOPES]
    if actor is not None:
        _check_inserts(state, touched, actor)
    elif touched:
        raise NobodyActing(f"nobody acts on {touched[0].__name__}")
    elif not state.is_insert:
        state.statement = _scoped(state, actor)


def _scoped(state: ORMExecuteState, actor: Actor | None) -> Any:
    statement = state.statement
    if "dingkao_kept" not in state.execution_options:
        return statement.options(*_criteria(actor))
    key = (id(statement), actor)
    known = _kept.get(key)
    if known is None:
        # The statement is held with its form, so that its id stays its own.
        known = _kept[key] = (statement, statement.options(*_criteria(actor)))
        while len(_kept) > _KEPT_FORMS:
            _kept.popitem(last=False)
    return known[1]


def _check_inserts(state: ORMExecuteState, touched: list[type[Any]], actor: Actor) -> None:
    if not touched or any(isinstance(option, SetBased) for option in state.user_defined_options):
        return
    given: Any = state.parameters
    rows = given if isinstance(given, list) else [given or {}]
    cell = writable(touched[0], actor)
    for row in rows:
        if not row or not cell.holds(row, actor):
            raise ForeignRow(f"insert of a foreign {touched[0].__name__}")


def _check_flush(session: Session, _context: Any, _instances: Any) -> None:
    actor = actor_or_none()
    if actor is not None and actor.role is Role.SYSTEM:
        return
    for instance in (*session.new, *session.dirty, *session.deleted):
        model = type(instance)
        if model not in SCOPES or (instance in session.dirty and not session.is_modified(instance)):
            continue
        if actor is None:
            raise NobodyActing(f"nobody writes {model.__name__}")
        if not writable(model, actor).holds(inspect(instance).dict, actor):
            raise ForeignRow(f"write of a foreign {model.__name__}")


def scoped(statement: Select[Any]) -> Select[Any]:
    """Give a SELECT the acting person's scope, for a connection that no session watches.

    :raises NobodyActing: when there is none.
    """
    actor = current_actor()
    return statement if actor.role is Role.SYSTEM else statement.options(*_criteria(actor))


def install(session_class: Any) -> None:
    """Attach the scope to a session class or factory; a second call changes nothing.

    Not by ``event.contains``: it knows targets by their address, and takes a new factory for one
    that is gone, which would leave the new one without a scope.
    """
    if session_class not in _scoped_targets:
        event.listen(session_class, "do_orm_execute", _scope_statement)
        event.listen(session_class, "before_flush", _check_flush)
        _scoped_targets.add(session_class)
