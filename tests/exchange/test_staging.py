"""An import in pieces comes to the same end as in one go, however often a piece is repeated."""

from typing import Any

import pytest
from sqlalchemy import func, select

from app.enums import ImportKind
from app.exchange import intake, staging
from app.exchange.intake import ImportRefused
from app.exchange.target import Choices
from app.models import Account, Physician, RosterChunk, RosterUpload, TrailEntry
from app.operations import roster_uploads
from app.security.actor import current_actor
from app.views.clock import now, today
from tests.support.rosters import PHYSICIANS, at_hospital, correct_people, entry, imported, roster
from tests.support.site import Site

ROWS = 1_100


@pytest.fixture(scope="module")
def content() -> bytes:
    return roster(*(entry(**person) for person in correct_people(ROWS)))


def _clerk(session: Any) -> int:
    found: int = session.scalars(select(Account.id).where(Account.username == "hospital")).one()
    return found


def staged(site: Site, content: bytes, **chosen: bool) -> str:
    """Keep and stage a file as the page does; the upload's token."""
    with at_hospital(site, "hospital") as (session, house):
        upload = roster_uploads.store(
            session, kind=ImportKind.PHYSICIAN, owner=house, content=content, filename="a.xlsx",
            account_id=_clerk(session), at=now(),
        )  # fmt: skip
        plan = intake.plan(session, PHYSICIANS, content, "a.xlsx", owner=house, today=today())
        staging.stage(session, upload, plan, choices=Choices(**chosen))
        session.commit()
        return upload.token


def found(session: Any, token: str) -> RosterUpload:
    return roster_uploads.find(session, token, kind=ImportKind.PHYSICIAN, at=now())


def applied(site: Site, token: str, start: int, limit: int) -> int:
    with at_hospital(site, "hospital") as (session, _house):
        done = staging.apply(
            session, found(session, token), start=start, limit=limit, actor=current_actor(),
            at=now(),
        )  # fmt: skip
        session.commit()
        return done.created


def left(site: Site, token: str) -> list[tuple[int, int]]:
    with at_hospital(site, "hospital") as (session, _house):
        return staging.pieces(session, found(session, token))


def test_pieces_are_applied_once_in_any_order_and_close_the_upload(
    site: Site, content: bytes
) -> None:
    token = staged(site, content, only_good_rows=True)
    assert left(site, token) == [(0, 500), (500, 500), (1000, 100)]

    assert applied(site, token, 500, 500) == 500
    assert applied(site, token, 500, 500) == 0
    assert left(site, token) == [(0, 500), (1000, 100)]
    assert [applied(site, token, start, limit) for start, limit in left(site, token)] == [500, 100]

    with at_hospital(site, "hospital") as (session, _house):
        upload = found(session, token)
        assert (upload.staged_rows, upload.imported_rows) == (ROWS, ROWS)
        assert staging.result(session, upload) == (ROWS, 0, 0)
        assert set(session.scalars(select(RosterChunk.content))) == {b""}
        summary = select(TrailEntry.comment).where(TrailEntry.action_label == "批量导入医师")
        assert session.scalars(summary).all() == [str(ROWS)]


def test_rows_that_somebody_else_took_up_meanwhile_stay_as_they_are(site: Site) -> None:
    people = [entry(**person) for person in correct_people(3)]
    token = staged(site, roster(*people), only_good_rows=True)
    imported(site, "hospital", roster(people[1]))

    assert applied(site, token, 0, 500) == 2


def test_all_or_nothing_is_one_piece_and_one_transaction(site: Site, content: bytes) -> None:
    token = staged(site, content, only_good_rows=False)
    assert left(site, token) == [(0, ROWS)]
    with site.session() as session:
        before = session.scalar(select(func.count()).select_from(Physician))
    thief = staged_elsewhere(site)

    with pytest.raises(ImportRefused, match="有1行不能导入"):
        applied(site, token, 0, ROWS)

    with site.session() as session:
        assert session.scalar(select(func.count()).select_from(Physician)) == before + thief
    assert left(site, token) == [(0, ROWS)]


def staged_elsewhere(site: Site) -> int:
    """Another hospital of the province takes up one of the people meanwhile."""
    person = entry(**correct_people(1)[0])
    return imported(site, "hospital-3", roster(person)).created
