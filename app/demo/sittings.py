"""The demo's sittings: papers sat online with answers and pictures, and what a proctor made of them."""

from datetime import datetime, timedelta
from io import BytesIO

from PIL import Image, ImageDraw
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.province import Country
from app.enums import (
    AssessmentStatus,
    MarkReason,
    MarkStatus,
    PaperStatus,
    Role,
    SittingEventKind,
)
from app.models import Account, Assessment, Identity, Paper, Sitting
from app.operations import answers, marking, sitting_events, sittings, snapshots
from app.operations.answers import Entry
from app.security.actor import Actor, acting_as
from app.workflows import proctoring
from app.workflows.paper import PAPER

_RIGHT, _WRONG = (70, 95), 40  # of a hundred
_TOOK = timedelta(minutes=38)
_PICTURES = 4


def sit(country: Country, assessment_id: int, actor: Actor, *, failing: bool, at: datetime) -> bool:
    """Let every open paper of a case be sat online; False: there is no blueprint for one of them."""
    session = country.session
    open_ones = (
        select(Paper)
        .where(Paper.assessment_id == assessment_id, Paper.status == PaperStatus.NOT_STARTED)
        .order_by(Paper.id)
    )
    with acting_as(actor):
        found = session.scalars(open_ones).all()
        if any(sittings.blueprint_of(session, paper) is None for paper in found):
            return False
        for number, pk in enumerate([paper.id for paper in found]):
            _sit(country, pk, actor, fails=failing and number == 0, at=at + number * 2 * _TOOK)
    return True


def _sit(country: Country, paper_id: int, actor: Actor, *, fails: bool, at: datetime) -> None:
    session, random = country.session, country.people.random
    PAPER.fire(session, paper_id, "begin", actor=actor, at=at)
    sitting = sittings.current(session, paper_id)
    assert sitting is not None
    sittings.open_sheet(session, sitting, device="demo-browser", at=at)
    places = sittings.drawn(sitting.places)
    keys = marking.keys_of(session, {one.question_id for one in places})
    share = _WRONG if fails else random.randint(*_RIGHT)
    right = set(random.sample(range(len(places)), len(places) * share // 100))
    entries = []
    for number, one in enumerate(places):
        shown = {chr(65 + one.order.index(ord(letter) - 65)) for letter in keys[one.question_id]}
        if number not in right:
            shown = {"B"} if shown == {"A"} else {"A"}
        entries.append(Entry(1_000_001 + number, one.question_id, "".join(sorted(shown)), False))
    answers.save(session, sitting.id, entries, at=at + _TOOK / 2)
    _photograph(session, sitting, at=at, seed=random.randint(0, 99))
    if random.random() < 0.3:
        for minute, kind in ((9, SittingEventKind.LEFT_PAGE), (10, SittingEventKind.CAME_BACK)):
            sitting_events.note(session, sitting, kind, at=at + timedelta(minutes=minute))
    PAPER.fire(session, paper_id, "hand_in", actor=actor, at=at + _TOOK)


def _photograph(session: Session, sitting: Sitting, *, at: datetime, seed: int) -> None:
    for number in range(_PICTURES):
        taken = at + number * _TOOK / _PICTURES
        snapshots.store(
            session, sitting, seq=2_000_001 + number, content=_face(seed, number), age=0, at=taken
        )


def _face(seed: int, number: int) -> bytes:
    """Draw somebody before a wall, a little aside each time."""
    sheet = Image.new("RGB", (320, 240), (214, 222, 226))
    pen = ImageDraw.Draw(sheet)
    aside = (seed * 7 + number * 23) % 40 - 20
    tint = (90 + seed, 120 + seed // 2, 150)
    pen.rounded_rectangle((90 + aside, 150, 230 + aside, 260), 40, fill=tint)
    pen.ellipse((115 + aside, 50, 205 + aside, 165), fill=(236, 205, 180))
    pen.pieslice((110 + aside, 40, 210 + aside, 140), 180, 360, fill=(50, 45, 45))
    for eye in (140, 175):
        pen.ellipse((eye + aside, 100, eye + 8 + aside, 108), fill=(40, 40, 40))
    target = BytesIO()
    sheet.save(target, "JPEG", quality=70)
    return target.getvalue()


def watch(country: Country) -> None:
    """Let the proctor look at a few sittings and mark one."""
    session = country.session
    account = session.scalars(select(Account).where(Account.username == "proctor")).one()
    identity = session.scalars(
        select(Identity).where(Identity.account_id == account.id, Identity.role == Role.PROCTOR)
    ).one()
    proctor = Actor(
        role=Role.PROCTOR, name=account.first_name or "简明慧", body="长治医师定期考核中心",
        account_id=account.id, identity_id=identity.id, province_id=identity.province_id,
        agency_id=identity.agency_id, authority_path=identity.authority_path,
    )  # fmt: skip
    with acting_as(proctor):
        found = session.scalars(
            select(Sitting)
            .join(Assessment, Assessment.id == Sitting.assessment_id)
            .where(
                Sitting.agency_id == identity.agency_id,
                Assessment.status == AssessmentStatus.AWAITING_VERDICT,
                Sitting.status == MarkStatus.NONE,
            )
            .order_by(Sitting.id)
        ).all()
        for sitting in found[:2]:
            proctoring.look(session, sitting, actor=proctor, at=country.moment(2))
        for sitting in found[2:3]:
            proctoring.PROCTORING.fire(
                session, sitting.id, "suspect", actor=proctor, at=country.moment(1),
                comment="第3张照片中有另一人入镜，请复核。", facts=MarkReason.SEVERAL_PEOPLE,
            )  # fmt: skip
