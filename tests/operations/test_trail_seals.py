"""操作日志 sealed: whatever was changed, taken out, put in or reordered afterwards is found."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, func, select, update

from app.cli.audit import audit
from app.models import TrailEntry, TrailSeal
from app.operations import trail_seals
from app.operations.trail_seals import SETTLED
from app.views.clock import now
from tests.support.site import Site
from tests.views.requests_world import somebody, step


@pytest.fixture
def session(site: Site) -> Any:
    with site.session() as opened:
        trail_seals.seal(opened, at=now() + SETTLED, most=40)
        opened.commit()
        yield opened


def faults(session: Any, **how: Any) -> list[tuple[str, int | None]]:
    session.expire_all()
    return [(one.kind, one.entry_id) for one in trail_seals.verify(session, **how)]


def middle(session: Any) -> int:
    ids = session.scalars(select(TrailEntry.id).order_by(TrailEntry.id)).all()
    return int(ids[len(ids) // 2])


def write(session: Any, pk: int, **values: Any) -> None:
    session.execute(
        update(TrailEntry)
        .where(TrailEntry.id == pk)
        .values(values)
        .execution_options(synchronize_session=False)
    )


def test_what_was_written_is_found_as_it_was_written(session: Any) -> None:
    sealed = session.scalar(select(func.sum(TrailSeal.number)))

    assert faults(session) == []
    assert sealed == session.scalar(select(func.count(TrailEntry.id)))
    assert session.scalar(select(func.count(TrailSeal.id))) > 10
    assert trail_seals.seal(session, at=now() + SETTLED) == 0


@pytest.mark.parametrize(
    "values",
    [
        {"comment": "别的理由"},
        {"actor_name": "别人"},
        {"to_status": "COMPLETED"},
        {"at": now() - timedelta(days=900)},
        {"account_id": 999},
        {"subject_id": 4711},
    ],
)
def test_a_changed_word_is_found(session: Any, values: dict[str, Any]) -> None:
    pk = middle(session)
    write(session, pk, **values)

    assert faults(session) == [("changed", pk)]


def test_a_gap_and_an_entry_put_in_between_are_found(session: Any) -> None:
    pk = middle(session)
    taken = session.get_one(TrailEntry, pk)
    words = {
        name: getattr(taken, name)
        for name in ("at", "subject", "action", "action_label", "actor_name", "actor_role")
    }
    session.execute(delete(TrailEntry).where(TrailEntry.id == pk))
    assert faults(session) == [("missing", pk)]

    session.expunge_all()
    session.add(TrailEntry(id=pk, authority_path="/", **words))
    session.flush()
    assert faults(session) == [("changed", pk)]


def test_two_entries_that_change_places_are_found(session: Any) -> None:
    pk = middle(session)
    one, other = session.get_one(TrailEntry, pk), session.get_one(TrailEntry, pk + 1)
    mine, theirs = ({n: getattr(row, n) for n in ("comment", "at", "action", "subject_id")}
                    for row in (one, other))  # fmt: skip
    assert mine != theirs
    write(session, pk, **theirs)
    write(session, pk + 1, **mine)

    assert faults(session) == [("changed", pk), ("changed", pk + 1)]


@pytest.mark.parametrize(
    "forge",
    [
        lambda one: {"digest": "0" * 64},
        lambda one: {"marks": one.marks.replace(":", ":0", 1)},
    ],
)
def test_a_seal_that_was_changed_is_found(
    session: Any, forge: Callable[[TrailSeal], dict[str, Any]]
) -> None:
    one = session.scalars(select(TrailSeal).order_by(TrailSeal.id).offset(2)).first()
    session.execute(update(TrailSeal).where(TrailSeal.id == one.id).values(forge(one)))

    assert faults(session) != []


def test_a_seal_made_without_the_secret_does_not_hold(session: Any) -> None:
    """Whoever has the database alone may write marks that fit; the digest needs the key."""
    pk = middle(session)
    write(session, pk, comment="伪造")
    session.expire_all()
    one = session.scalars(
        select(TrailSeal).where(TrailSeal.first_id <= pk, TrailSeal.last_id >= pk)
    ).one()
    entries = session.scalars(
        select(TrailEntry).where(TrailEntry.id >= one.first_id, TrailEntry.id <= one.last_id)
    )
    one.marks = " ".join(trail_seals._mark(entry) for entry in entries)
    session.flush()

    assert ("chain", None) in faults(session)


def test_an_end_that_was_cut_off_is_found_by_a_kept_head(session: Any) -> None:
    kept = trail_seals.head(session)
    assert kept is not None
    last = session.scalars(select(TrailSeal).order_by(TrailSeal.id.desc())).first()
    session.execute(delete(TrailEntry).where(TrailEntry.id >= last.first_id))
    session.delete(last)
    session.flush()

    assert faults(session) == []
    assert [kind for kind, _pk in faults(session, known=kept[1])] == ["cut"]


def test_fresh_entries_wait_and_a_case_that_moves_breaks_nothing(site: Site) -> None:
    person = somebody(site, skip=3)
    with site.session() as session:
        trail_seals.seal(session, at=now() + SETTLED)
        session.commit()
        before = session.scalar(select(func.max(TrailEntry.id)))
    data = {"field": "NAME", "value": "某人", "reason": "x"}
    site.client(person.username).post("/correction/", data=data)
    step(site.client("hospital"), "account", 1, "nothing")
    with site.session() as session:
        write(session, before, institution_id=1, authority_path="/1/", agency_id=None)
        session.commit()

        assert trail_seals.seal(session, at=now()) == 0
        assert faults(session) == []


def test_the_command_tells_and_ends_with_its_status(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contextlib import contextmanager

    from app.cli import audit as module

    @contextmanager
    def storage() -> Any:
        with site.session() as opened:
            yield opened

    monkeypatch.setattr(module, "storage", storage)
    with site.session() as session:
        trail_seals.seal(session, at=now() + SETTLED)
        session.commit()
        pk = middle(session)
    assert CliRunner().invoke(audit, ["verify"]).exit_code == 0

    with site.session() as session:
        write(session, pk, comment="改")
        session.commit()
    found = CliRunner().invoke(audit, ["verify"])

    assert found.exit_code == 1
    assert f"entry {pk}, seal" in found.output
    assert "was changed" in found.output
