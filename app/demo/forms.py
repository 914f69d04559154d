"""What the demo's physicians type into 报名信息, and what is kept of their conduct."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from app.demo.pictures import picture
from app.demo.stories import Story
from app.enums import EthicsGrade, EthicsItem, SimplifiedGround
from app.models import Assessment, ConductRecord, Experience, OutsideOpinion, WorkYear
from app.operations import attachments, registrations
from app.periods import local_day
from app.queries import cycles
from app.security.actor import Actor
from app.workflows.outside_opinion import OUTSIDE_OPINION

_SENTENCES = (
    "本考核周期内，我始终坚守临床一线，认真履行医师职责，严格遵守国家法律法规和医院各项规章制度。",
    "工作中坚持首诊负责制，认真书写病历，落实三级查房、疑难病例讨论和交接班等核心制度，杜绝医疗差错。",
    "面对急危重症患者，能够迅速判断病情，及时组织会诊和抢救，积极与患者及家属沟通，取得理解与配合。",
    "在合理用药方面，严格执行抗菌药物分级管理规定，做到因病施治、合理检查，努力减轻患者经济负担。",
    "业务学习上，坚持参加继续医学教育，每年完成规定学分，关注本专业新进展，不断更新诊疗知识和技术。",
    "我积极承担带教任务，指导住院医师和实习学生完成临床技能训练，定期组织科内小讲课和病例讨论。",
    "在公共卫生工作中，主动参加义诊和健康宣教，走进社区和学校，为群众讲解常见病和慢性病的防治知识。",
    "医德医风方面，坚持廉洁行医，自觉抵制不正之风，尊重患者的知情权和隐私权，未发生有效投诉。",
    "与同事团结协作，服从科室安排，节假日和夜间值班随叫随到，努力为患者提供连续、安全、优质的服务。",
    "我也认识到自身的不足，科研能力有待提高，对部分疑难病的诊治经验仍需积累，论文撰写较少。",
    "今后我将继续加强理论学习，多向上级医师请教，规范技术操作，持续改进医疗质量，保障患者安全。",
    "作为一名基层医务工作者，我将牢记救死扶伤的宗旨，以更加饱满的热情投入工作，不辜负群众的信任。",
)
_LAST_OF_AUGUST = 31


def fill_in(
    session: Session,
    case: Assessment,
    story: Story,
    *,
    specialty_id: int,
    random: Random,
    at: datetime,
) -> None:
    """Save a registration: complete, or only begun."""
    draft = registrations.open_draft(session, case, at=at)
    day = local_day(at)
    values = _practice(case, specialty_id=specialty_id, random=random, day=day)
    if not story.is_half_filled:
        values |= _work(draft.work_years, random=random, day=day)
        values |= _procedure(case, story)
        values["ethics"] = {
            item: random.choice((EthicsGrade.EXCELLENT, EthicsGrade.EXCELLENT, EthicsGrade.GOOD))
            for item in EthicsItem
        }
    registrations.save(draft, values, at=at)
    draft.experiences += _experiences(case)
    registrations.measure(session, case, draft)


def attach(session: Session, case: Assessment, *, actor: Actor, at: datetime) -> None:
    """Upload what proves the ground of 简易程序; every third physician forgets it."""
    if case.physician_id % 3 == 0:
        return
    attachments.store(
        session,
        case_id=case.id,
        filename="证明.png",
        content=picture(case.id),
        actor=actor,
        at=at,
    )


def keep_evidence(
    session: Session, case: Assessment, story: Story, *, actor: Actor, at: datetime
) -> None:
    """Record conduct and another practice place's opinion, as the story has them."""
    owner = _owner(case)
    place = case.institution.name
    if story.ground is SimplifiedGround.FIVE_YEARS_GOOD:
        record = ("获评市级优秀医师，市卫生健康委员会通报表扬", True, 200)
        session.add(_conduct(case, place, *record, at=at))
    if story.has_bad_record:
        record = ("病历书写不规范，科室内通报批评并限期整改", False, 150)
        session.add(_conduct(case, place, *record, at=at))
    if story.has_second_place:
        content = "该医师在我中心多点执业期间遵守规章，完成约定门诊工作量，无投诉。"
        row = OutsideOpinion(
            status_since=at,
            place="迎宾街社区卫生服务中心",
            content=content,
            assessment_id=case.id,
            **owner,
        )
        session.add(row)
        session.flush()  # the step names its id
        OUTSIDE_OPINION.fire(session, row.id, "type_in", actor=actor, at=at)
    session.flush()  # written under the hospital's scope


def _conduct(
    case: Assessment, place: str, outcome: str, is_good: bool, days: int, *, at: datetime
) -> ConductRecord:
    return ConductRecord(
        is_good=is_good,
        place=place,
        closed_on=local_day(at) - timedelta(days=days),
        outcome=outcome,
        assessment_id=case.id,
        **_owner(case),
    )


def _owner(case: Assessment) -> dict[str, Any]:
    return {name: getattr(case, name) for name in registrations.SCOPE}


def _practice(case: Assessment, *, specialty_id: int, random: Random, day: date) -> dict[str, Any]:
    return {
        "specialty_id": specialty_id,
        "email": f"doctor{case.physician_id}@example.com",
        "position": random.choice((None, None, None, "科室副主任", "医疗组长")),
        "title_since": day - timedelta(days=random.randrange(400, 2500)),
        "is_standard_trained": random.random() < 0.5,
    }


def _work(rows: list[WorkYear], *, random: Random, day: date) -> dict[str, Any]:
    return {
        "work_years": {
            row.year: {
                "months_present": 12 if row.year < day.year else max(0, day.month - 1),
                "outpatients": random.randrange(300, 4200),
                "inpatients": random.randrange(20, 480),
                "operations": random.choice((0, 0, random.randrange(10, 240))),
                "complaints": 0,
                "annual_grade": random.choice((EthicsGrade.EXCELLENT, EthicsGrade.GOOD)),
                "summary": "完成科室规定的门诊、住院及值班任务，参加继续医学教育并获得规定学分。",
            }
            for row in rows
        }
    }


def _procedure(case: Assessment, story: Story) -> dict[str, Any]:
    values: dict[str, Any] = {
        "procedure": story.procedure,
        "simplified_ground": story.ground,
        "has_good_record": story.ground is SimplifiedGround.FIVE_YEARS_GOOD,
        "has_bad_record": story.has_bad_record,
    }
    if story.ground is not None:
        values["statement"] = _statement(case)
    if story.ground is SimplifiedGround.PROVINCIAL:
        values["provincial_ground"] = cycles.rules(case.cycle).provincial_grounds[0]
    return values


def _statement(case: Assessment) -> str:
    """Turn the same sentences by the physician's number; longer than any demo rule asks."""
    start = case.physician_id % len(_SENTENCES)
    turned = _SENTENCES[start:] + _SENTENCES[:start]
    least = cycles.rules(case.cycle).statement_min_length + 60
    paragraphs = ["".join(turned[i : i + 4]) for i in range(0, len(turned), 4)]
    text, number = "", 0
    while len(text) < least:
        text += ("\n" if text else "") + paragraphs[number % len(paragraphs)]
        number += 1
    return text


def _experiences(case: Assessment) -> list[Experience]:
    licensed = case.physician.licensed_on
    owner = _owner(case)
    moved = date(licensed.year + 1, 8, _LAST_OF_AUGUST)
    rows = [
        Experience(
            started_on=licensed,
            ended_on=moved,
            place="云冈镇中心卫生院",
            department_name="全科",
            position="医师",
            **owner,
        ),
        Experience(
            started_on=moved + timedelta(days=1),
            place=case.institution.name,
            department_name=case.physician.department.name,
            position="医师",
            **owner,
        ),
    ]
    return rows if moved.year + 1 < case.cycle.starts_on.year else rows[:1]
