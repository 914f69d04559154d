"""Taking a page of the registry in: people taken up, changed and moved, conflicts put aside.

A page costs a fixed number of statements, however many changes it holds. Nothing here commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from app.enums import N_, ConflictKind, TransferSource
from app.models import Account, Physician, RegistryConflict, RegistryRecord, TrailEntry
from app.operations import physician_intake, registry_departments, trail, transfers
from app.operations.physician_intake import Newcomer
from app.operations.registry_changes import WORDS, RegistryChange, to_document, told
from app.operations.registry_judgement import Outcome, Verdict, judge
from app.operations.registry_known import Picture, picture
from app.operations.set_based import update_each
from app.operations.transfers import Move
from app.security.actor import Actor, unscoped

_SCOPE = "the registry speaks of everybody in the province, whoever asked for the synchronisation"


@dataclass(frozen=True, slots=True)
class Taken:
    """What a page did; ``overtaken`` are conflicts that a newer change has made void."""

    created: int = 0
    updated: int = 0
    moved: int = 0
    conflicts: int = 0
    unchanged: int = 0
    overtaken: tuple[int, ...] = ()

    def plus(self, other: "Taken") -> "Taken":
        """Add the numbers of another page."""
        return Taken(
            self.created + other.created,
            self.updated + other.updated,
            self.moved + other.moved,
            self.conflicts + other.conflicts,
            self.unchanged + other.unchanged,
            self.overtaken + other.overtaken,
        )


def take_in(
    session: Session,
    changes: Sequence[RegistryChange],
    *,
    province_id: int,
    province_path: str,
    actor: Actor,
    at: datetime,
) -> Taken:
    """Take changes in; one that was heard before is left out, so that a page twice changes nothing.

    Of several changes of one person the last counts: each is the whole picture.
    """
    last = {one.id_index: one for one in sorted(changes, key=lambda one: one.seq)}
    with unscoped(_SCOPE):
        known = picture(session, list(last.values()), province_id=province_id)
        fresh = [one for one in last.values() if not _is_heard(one, known)]
        verdicts = [_judged(one, known, is_confirmed=False) for one in fresh]
        done = _carry_out(
            session,
            verdicts,
            known=known,
            province_id=province_id,
            source=TransferSource.SYNC,
            actor=actor,
            at=at,
        )
        conflicts = [one for one in verdicts if one.outcome is Outcome.CONFLICT]
        _put_aside(session, conflicts, province_id=province_id, province_path=province_path, at=at)
        _remember(session, fresh, known, province_id=province_id, at=at)
        session.expire_all()  # loaded rows still show what was before
    overtaken = tuple(known.pending[one.id_index] for one in fresh if one.id_index in known.pending)
    unchanged = len(changes) - len(fresh) + sum(v.outcome is Outcome.NOTHING for v in verdicts)
    return replace(
        done, conflicts=len(conflicts), unchanged=unchanged, overtaken=tuple(sorted(overtaken))
    )


def confirmed(session: Session, change: RegistryChange, *, province_id: int) -> Verdict:
    """Judge a change anew that a person wants to adopt."""
    with unscoped(_SCOPE):
        known = picture(session, [change], province_id=province_id)
        return _judged(change, known, is_confirmed=True)


def adopt(
    session: Session, change: RegistryChange, *, province_id: int, actor: Actor, at: datetime
) -> Verdict:
    """Take over what a person has decided to adopt, as things stand now."""
    with unscoped(_SCOPE):
        known = picture(session, [change], province_id=province_id)
        verdict = _judged(change, known, is_confirmed=True)
        _carry_out(
            session,
            [verdict],
            known=known,
            province_id=province_id,
            source=TransferSource.CONFLICT,
            actor=actor,
            at=at,
        )
        session.expire_all()  # loaded rows still show what was before
    return verdict


def _is_heard(change: RegistryChange, known: Picture) -> bool:
    heard = known.heard.get(change.id_index)
    return heard is not None and change.seq <= heard.seq


def _judged(change: RegistryChange, known: Picture, *, is_confirmed: bool) -> Verdict:
    ours = known.physicians.get(change.id_index)
    return judge(
        change,
        ours=ours,
        home=known.homes.get(change.uscc),
        has_open_case=ours is not None and ours.id in known.with_open_case,
        is_confirmed=is_confirmed,
    )


def _carry_out(
    session: Session,
    verdicts: Sequence[Verdict],
    *,
    known: Picture,
    province_id: int,
    source: TransferSource,
    actor: Actor,
    at: datetime,
) -> Taken:
    new = [one for one in verdicts if one.outcome is Outcome.NEW]
    changed = [one for one in verdicts if one.outcome is Outcome.CHANGED]
    moving = [one for one in changed if one.is_move]
    wanted = [(one.home, one.change.department_name) for one in (*new, *moving) if one.home]
    units = registry_departments.placed(session, wanted, actor=actor, at=at)
    newcomers = [
        Newcomer(one.change.id_index, one.change.facts, _unit(one, units), one.home)
        for one in new
        if one.home and one.change.facts
    ]
    physician_intake.enrol(session, newcomers, province_id=province_id, actor=actor, at=at)
    update_each(session, Physician, [_row(one, units) for one in changed], is_versioned=True)
    entries = [_entry(one, actor=actor, at=at) for one in changed if one.differing]
    if entries:
        session.execute(insert(TrailEntry), entries)
    _rename_accounts(session, changed)
    moves = [_move(one, known) for one in moving]
    transfers.follow_moves(
        session, moves, province_id=province_id, source=source, actor=actor, at=at
    )
    return Taken(created=len(new), updated=len(changed) - len(moving), moved=len(moving))


def _unit(verdict: Verdict, units: registry_departments.Units) -> int:
    assert verdict.home is not None
    return units[verdict.home.id, verdict.change.department_name]


def _row(verdict: Verdict, units: registry_departments.Units) -> dict[str, Any]:
    assert verdict.ours is not None
    assert verdict.home is not None
    assert verdict.after is not None
    return {
        "id": verdict.ours.id,
        **verdict.after,
        "institution_id": verdict.home.id,
        "authority_path": verdict.home.authority_path,
        "department_id": _unit(verdict, units) if verdict.is_move else verdict.ours.department_id,
    }


def _move(verdict: Verdict, known: Picture) -> Move:
    assert verdict.ours is not None
    assert verdict.home is not None
    return Move(
        physician_id=verdict.ours.id,
        name=verdict.change.name,
        from_id=verdict.ours.institution_id,
        from_name=verdict.ours.institution_name,
        from_path=verdict.ours.authority_path,
        home=verdict.home,
        with_case=verdict.ours.id in known.with_open_case,
    )


def _entry(verdict: Verdict, *, actor: Actor, at: datetime) -> dict[str, Any]:
    assert verdict.ours is not None
    assert verdict.home is not None
    assert verdict.after is not None
    before, after = verdict.ours, verdict.after
    words = (
        f"{WORDS[name]}：{told(name, getattr(before, name))}→{told(name, after[name])}"
        for name in verdict.differing
    )
    return {
        **trail.columns(
            actor,
            at=at,
            subject="physician",
            action="registry_update",
            label=N_("按注册信息更新"),
            comment="；".join(words),
        ),
        "subject_id": before.id,
        "physician_id": before.id,
        "province_id": verdict.home.province_id,
        "institution_id": verdict.home.id,
        "authority_path": verdict.home.authority_path,
    }


def _rename_accounts(session: Session, changed: Sequence[Verdict]) -> None:
    """Only an adopted conflict brings another name: one at a time."""
    for one in changed:
        if "name" in one.differing:
            session.execute(
                update(Account)
                .where(Account.username == one.change.id_index)
                .values(first_name=one.change.name)
                .execution_options(synchronize_session=False)
            )


def _put_aside(
    session: Session,
    conflicts: Sequence[Verdict],
    *,
    province_id: int,
    province_path: str,
    at: datetime,
) -> None:
    if not conflicts:
        return
    rows = [
        {
            "kind": one.kind or ConflictKind.INVALID,
            "name": one.change.name,
            "id_index": one.change.id_index,
            "id_masked": one.change.id_masked,
            "seq": one.change.seq,
            "uscc": one.change.uscc,
            "institution_name": one.change.institution_name,
            "document": to_document(one.change),
            "problem": one.problem,
            "received_at": at,
            "status_since": at,
            "province_id": province_id,
            "authority_path": _path(one, province_path),
            "institution_id": one.ours.institution_id if one.ours else None,
            "target_id": one.home.id if one.home else None,
            "physician_id": one.ours.id if one.ours else None,
        }
        for one in conflicts
    ]
    session.execute(insert(RegistryConflict), rows, execution_options={"render_nulls": True})


def _path(verdict: Verdict, province_path: str) -> str:
    if verdict.ours is not None:
        return verdict.ours.authority_path
    return verdict.home.authority_path if verdict.home is not None else province_path


def _remember(
    session: Session,
    fresh: Sequence[RegistryChange],
    known: Picture,
    *,
    province_id: int,
    at: datetime,
) -> None:
    again = [
        {"id": known.heard[one.id_index].id, "seq": one.seq, "heard_at": at}
        for one in fresh
        if one.id_index in known.heard
    ]
    update_each(session, RegistryRecord, again, is_versioned=False)
    first = [
        {"id_index": one.id_index, "seq": one.seq, "heard_at": at, "province_id": province_id}
        for one in fresh
        if one.id_index not in known.heard
    ]
    if first:
        session.execute(insert(RegistryRecord), first)
