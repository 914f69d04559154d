"""What the demo's authorities and agencies do beside the cases: 行政处罚, 抽查, 停止考核, 考核委员会."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from app.demo.cases import Hired
from app.demo.places import SHANXI, SOCIETY
from app.demo.province import Country
from app.enums import (
    CommitteeMemberKind,
    CommitteePost,
    Finding,
    PenaltyKind,
    Sex,
    Stratum,
    Title,
)
from app.models import Agency, CommitteeMember, Participation, Physician, SpotCheckItem
from app.operations import penalties, spot_checks, trail
from app.operations.penalties import PenaltyFacts
from app.periods import local_day
from app.queries import cycles
from app.security.actor import SYSTEM, acting_as
from app.workflows.participation import PARTICIPATION

_MEDICAL = CommitteeMemberKind.MEDICAL
_MEMBERS = (
    (CommitteePost.CHAIR, _MEDICAL, Title.CHIEF, "内科"),
    (CommitteePost.DEPUTY, CommitteeMemberKind.MANAGER, None, None),
    (CommitteePost.MEMBER, _MEDICAL, Title.CHIEF, "外科"),
    (CommitteePost.MEMBER, _MEDICAL, Title.DEPUTY_CHIEF, "口腔科"),
    (CommitteePost.MEMBER, _MEDICAL, Title.ATTENDING, "中医科"),
)
PUNISHED_DAYS, DRAWN_DAYS = 40, 2


def play(country: Country, everybody: Sequence[Hired]) -> None:
    """Let a committee be named, one be punished, one be dead, and the province draw a sample."""
    _name_committee(country)
    hospital = everybody[0].site.row.id
    own = [one for one in everybody if one.site.row.id == hospital]
    _punish(country, next(one for one in own if one.story.name == "awaiting_makeup"))
    _stop(country, [one for one in own if one.story.name == "awaiting_exam"][-1])
    _draw(country)


def _name_committee(country: Country) -> None:
    session = country.session
    agency = session.scalars(select(Agency).where(Agency.name == SOCIETY)).one()
    for number, (post, kind, title, specialty) in enumerate(_MEMBERS):
        row = CommitteeMember(
            name=country.people.name(Sex.MALE if number % 2 else Sex.FEMALE),
            post=post,
            kind=kind,
            title=title,
            specialty=specialty,
            unit="长治市医院" if kind is _MEDICAL else "长治市卫生健康委员会",
            agency_id=agency.id,
            province_id=agency.province_id,
            authority_path=agency.authority_path,
        )
        with acting_as(SYSTEM):
            session.add(row)
            session.flush()  # the entry of the trail names its id
            trail.log(
                session, actor=SYSTEM, at=country.moment(90, number), subject="committee_member",
                subject_id=row.id, action="create", label="新增考核委员会成员",
                comment=f"{row.name}：{row.post.value}", province_id=row.province_id,
                authority_path=row.authority_path, agency_id=agency.id,
            )  # fmt: skip
            session.flush()  # inside the block: written by the clock


def _punish(country: Country, one: Hired) -> None:
    actor, at = country.actors["140200"], country.moment(PUNISHED_DAYS)
    with acting_as(actor):
        penalties.record(
            country.session,
            country.session.get_one(Physician, one.physician_id),
            PenaltyFacts(
                kind=PenaltyKind.WARNING,
                decided_on=local_day(at) - timedelta(days=3),
                office=actor.body,
                document=f"同卫医罚〔{local_day(at).year}〕7号",
                facts="未按照规定填写、保管病历资料，经责令后改正。",
            ),
            actor=actor,
            at=at,
        )


def _stop(country: Country, one: Hired) -> None:
    actor, session = country.actors["140213"], country.session
    with acting_as(actor):
        seat = session.scalars(
            select(Participation).where(Participation.physician_id == one.physician_id)
        ).one()
        PARTICIPATION.fire(
            session, seat.id, "die", actor=actor, at=country.moment(DRAWN_DAYS),
            comment="家属提供死亡医学证明书。",
        )  # fmt: skip


def _draw(country: Country) -> None:
    actor, at = country.actors[SHANXI], country.moment(DRAWN_DAYS)
    session = country.session
    with acting_as(actor):
        cycle = cycles.current(session, province_id=actor.province_id)
        assert cycle is not None  # the demo has just opened it
        drawn = spot_checks.draw(
            session, cycle, name="述职报告与病案真实性抽查", stratum=Stratum.INSTITUTION, size=6,
            seed="shanxi-1", actor=actor, at=at,
        )  # fmt: skip
        items = session.scalars(
            select(SpotCheckItem)
            .where(SpotCheckItem.spot_check_id == drawn.id)
            .order_by(SpotCheckItem.number)
            .limit(3)
        ).all()
        findings = [Finding.CONFIRMED, Finding.CONFIRMED, Finding.DIFFERENT]
        for item, finding in zip(items, findings, strict=False):
            remark = "门急诊人次与病案系统相差112人次。" if finding is Finding.DIFFERENT else None
            spot_checks.record(session, item, finding=finding, remark=remark, actor=actor, at=at)
