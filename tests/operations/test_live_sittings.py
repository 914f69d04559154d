"""考场监控: a paused clock stands still, more time is given, words reach the page; pictures are kept safe."""

from datetime import datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import func, select

from app.crypto import keyring
from app.enums import AssessmentStatus as S
from app.enums import Incident, SittingEventKind
from app.models import Sitting, Snapshot, TrailEntry
from app.operations import live_sittings, sitting_events, snapshots
from app.operations.live_sittings import LiveRefused
from app.operations.snapshots import SnapshotRefused
from app.security.actor import SYSTEM
from app.workflows import time_outs
from tests.support.site import Site
from tests.workflows.sitting_world import AT, Examinee, cases, entries_for, session_of
from tests.workflows.test_proctoring import mark

K = SittingEventKind
MINUTE = timedelta(minutes=1)


@pytest.fixture
def examinee(site: Site) -> Examinee:
    return Examinee(site, cases(site, S.AWAITING_EXAM)[0])


def picture(size: tuple[int, int] = (320, 240), kind: str = "JPEG") -> bytes:
    target = BytesIO()
    Image.effect_noise(size, 40).convert("RGB").save(target, kind)
    return target.getvalue()


def test_a_paused_clock_stands_still_and_the_time_is_given_back(examinee: Examinee) -> None:
    site, pk = examinee.site, examinee.begin()
    proctor = site.actor("proctor")
    with session_of(site, proctor) as session:
        live_sittings.pause(
            session, session.get_one(Sitting, pk), incident=Incident.POWER, why="全院停电",
            actor=proctor, at=AT + 10 * MINUTE,
        )  # fmt: skip
    first = entries_for(site, pk, 100)[0]
    paused = examinee.save(pk, first, at=AT + 200 * MINUTE)
    assert (paused.stored, paused.seconds_left, paused.is_paused) == ((), 50 * 60, True)
    with session_of(site, SYSTEM) as session:
        assert time_outs.hand_in(session, at=AT + 200 * MINUTE) == 0
    with session_of(site, proctor) as session:
        live_sittings.go_on(
            session, session.get_one(Sitting, pk), actor=proctor, at=AT + 210 * MINUTE
        )
    going = examinee.save(pk, first, at=AT + 215 * MINUTE)
    assert (going.stored, going.seconds_left) == ((first.seq,), 45 * 60)
    with site.session() as session:
        kinds = [one.kind for one in sitting_events.of_sitting(session, pk)]
        said = session.scalars(
            select(TrailEntry.comment).where(
                TrailEntry.subject == "sitting", TrailEntry.subject_id == pk
            )
        ).all()
    assert kinds == [K.BEGUN, K.PAUSED, K.CONTINUED]
    assert "停电：全院停电" in said


def test_one_person_gets_more_time(examinee: Examinee) -> None:
    site, pk = examinee.site, examinee.begin()
    agency = site.actor("agency")
    with session_of(site, agency) as session:
        live_sittings.extend(
            session, session.get_one(Sitting, pk), minutes=15, incident=Incident.DEVICE,
            why="更换电脑", actor=agency, at=AT + MINUTE,
        )  # fmt: skip
    assert examinee.save(pk, at=AT + 60 * MINUTE).seconds_left == 15 * 60


@pytest.mark.parametrize("minutes", [0, -5, 241])
def test_no_other_number_of_minutes_is_given(examinee: Examinee, minutes: int) -> None:
    site, pk = examinee.site, examinee.begin()
    agency = site.actor("agency")
    with session_of(site, agency) as session, pytest.raises(LiveRefused, match="1至240"):
        live_sittings.extend(
            session, session.get_one(Sitting, pk), minutes=minutes, incident=Incident.DEVICE,
            why="更换", actor=agency, at=AT,
        )  # fmt: skip


def test_what_has_ended_is_neither_paused_nor_prolonged(examinee: Examinee) -> None:
    site, pk = examinee.site, examinee.sit(90)
    proctor = site.actor("proctor")
    with session_of(site, proctor) as session:
        sitting = session.get_one(Sitting, pk)
        with pytest.raises(LiveRefused, match="已经交卷"):
            live_sittings.pause(
                session, sitting, incident=Incident.OTHER, why="x", actor=proctor, at=AT
            )
        with pytest.raises(LiveRefused, match="已经交卷"):
            live_sittings.go_on(session, sitting, actor=proctor, at=AT)


def test_words_reach_the_page_once(examinee: Examinee) -> None:
    site, pk = examinee.site, examinee.begin()
    proctor = site.actor("proctor")
    with session_of(site, proctor) as session:
        live_sittings.write(
            session, [session.get_one(Sitting, pk)], "请正对摄像头", actor=proctor, at=AT
        )
    with session_of(site, examinee.actor) as session:
        ((number, text),) = sitting_events.messages(session, pk, after=0)
        assert text == "请正对摄像头"
        assert sitting_events.messages(session, pk, after=number) == []


def test_a_page_reports_only_what_pages_may(examinee: Examinee) -> None:
    site, pk = examinee.site, examinee.begin()
    with session_of(site, examinee.actor) as session:
        sitting = session.get_one(Sitting, pk)
        sitting_events.report(session, sitting, [K.LEFT_PAGE, K.EXTENDED, K.MESSAGE], at=AT)
    with site.session() as session:
        kinds = [one.kind for one in sitting_events.of_sitting(session, pk)]
    assert kinds == [K.BEGUN, K.LEFT_PAGE]


def test_pictures_are_sealed_and_taken_once(examinee: Examinee) -> None:
    site, pk = examinee.site, examinee.begin()
    with session_of(site, examinee.actor) as session:
        sitting = session.get_one(Sitting, pk)
        assert snapshots.store(
            session, sitting, seq=7, content=picture((800, 600)), age=60, at=AT + 2 * MINUTE
        )
        assert not snapshots.store(
            session, sitting, seq=7, content=picture(), age=0, at=AT + 3 * MINUTE
        )
    with session_of(site, site.actor("proctor")) as session:
        (row,) = snapshots.of_sitting(session, pk)
        assert row.taken_at == AT + MINUTE
        found = snapshots.opened(session, row.id)
        assert found is not None
        with Image.open(BytesIO(found[1])) as shown:
            assert shown.size == (640, 480)
        assert b"JFIF" not in row.content
        assert keyring().open_bytes(row.content, context="snapshot") == found[1]


@pytest.mark.parametrize("content", [b"", b"<svg/>", picture(kind="PNG"), b"\xff\xd8\xff" + b"0" * 99,
                                     picture((2000, 1500))])  # fmt: skip
def test_nothing_but_a_small_jpeg_is_a_picture(examinee: Examinee, content: bytes) -> None:
    site, pk = examinee.site, examinee.begin()
    with session_of(site, examinee.actor) as session, pytest.raises(SnapshotRefused):
        snapshots.store(session, session.get_one(Sitting, pk), seq=1, content=content, age=0, at=AT)


def test_late_pictures_are_taken_for_half_an_hour(examinee: Examinee) -> None:
    site, pk = examinee.site, examinee.sit(90)
    ended = AT + 20 * MINUTE
    with session_of(site, examinee.actor) as session:
        sitting = session.get_one(Sitting, pk)
        snapshots.store(session, sitting, seq=1, content=picture(), age=900, at=ended + 29 * MINUTE)
        with pytest.raises(SnapshotRefused):
            snapshots.store(
                session, sitting, seq=2, content=picture(), age=0, at=ended + 31 * MINUTE
            )


def test_pictures_are_deleted_after_their_days_unless_a_mark_is_open(examinee: Examinee) -> None:
    site = examinee.site
    free, marked = examinee.sit(90, "公共知识"), examinee.sit(90, "业务水平")
    for pk in (free, marked):
        with session_of(site, examinee.actor) as session:
            snapshots.store(
                session, session.get_one(Sitting, pk), seq=1, content=picture(), age=0, at=AT
            )
    mark(site, site.actor("proctor"), marked, "suspect")

    def left(at: datetime) -> list[int | None]:
        with session_of(site, SYSTEM) as session:
            snapshots.forget_old(session, at=at)
        with site.session() as session:
            return [
                session.scalar(select(func.count(Snapshot.id)).where(Snapshot.sitting_id == pk))
                for pk in (free, marked)
            ]

    assert left(AT + timedelta(days=179)) == [1, 1]
    assert left(AT + timedelta(days=181)) == [0, 1]
