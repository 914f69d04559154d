"""医师 for programs: numbers masked; taken up by the same check and operation as on the page."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import defer

from app.enums import (
    ApiScope,
    BodyStatus,
    Category,
    Education,
    IdType,
    PhysicianLevel,
    Sex,
    Title,
    Vocabulary,
)
from app.exchange.physician_columns import check_facts
from app.exchange.physician_facts import PhysicianFacts
from app.models import Department, Institution, Physician
from app.operations.physicians import PhysicianRefused, create_physicians
from app.periods import local_day
from app.views.api.fields import Resource, day, instant, number, text, word
from app.views.api.intake import Intake, Member, invalid
from app.views.api.problems import pointed
from app.views.api.reading import many, one
from app.views.api.table import Call, Operation, by_id

PHYSICIAN = Resource(
    "Physician",
    "医师；证件号码只给出遮盖后的形式",
    (
        number("id"),
        number("institution_id"),
        number("department_id"),
        text("name"),
        word("sex", Sex),
        word("id_type", IdType),
        text("id_masked", "遮盖后的证件号码"),
        word("education", Education, nullable=True),
        word("level", PhysicianLevel),
        word("category", Category),
        text("practice_scope", "执业范围", nullable=True),
        word("title", Title, nullable=True),
        day("licensed_on", "执业证取得时间"),
        day("first_registered_on", "首次注册时间", nullable=True),
        instant("created_at"),
        number("version"),
    ),
)
NEW_PHYSICIAN = Intake(
    "NewPhysician",
    (
        Member(name="name", about="姓名", required=True, longest=64),
        Member(name="id_type", about="不填视为居民身份证", vocabulary=IdType),
        Member(name="id_number", about="证件号码", required=True, longest=30),
        Member(name="sex", about="居民身份证可不填", vocabulary=Sex),
        Member(name="birth_date", about="居民身份证可不填", is_day=True),
        Member(name="ethnic_group", about="民族名称，GB/T 3304", longest=64),
        Member(name="education", vocabulary=Education),
        Member(name="phone", about="手机号码", longest=20),
        Member(name="department_id", about="本机构正常状态的科室", required=True, is_id=True),
        Member(name="level", required=True, vocabulary=PhysicianLevel),
        Member(name="category", required=True, vocabulary=Category),
        Member(name="practice_scope", about="执业范围", longest=255),
        Member(name="title", vocabulary=Title),
        Member(name="qualification_code", about="医师资格证书编码", longest=40),
        Member(name="licence_code", about="医师执业证书编码", longest=40),
        Member(name="licensed_on", about="执业证取得时间", required=True, is_day=True),
        Member(name="first_registered_on", about="首次注册时间", is_day=True),
    ),
)
_UNREAD = tuple(
    defer(column)
    for column in (
        Physician.id_number,
        Physician.phone,
        Physician.qualification_code,
        Physician.licence_code,
    )
)
_read = one(Physician, options=_UNREAD)


def _create(call: Call) -> Physician:
    session = call.session
    facts, department_id = _checked(call)
    try:
        (pk,) = create_physicians(
            session,
            institution=session.get_one(Institution, call.actor.institution_id),
            rows=[(facts, department_id)],
            actor=call.actor,
            at=call.at,
        )
    except PhysicianRefused as refusal:
        raise invalid([pointed(refusal.field or "id_number", refusal.message)])
    return session.get_one(Physician, pk, options=_UNREAD)


def _checked(call: Call) -> tuple[PhysicianFacts, int]:
    """Let the roster's check judge what was sent, in the words it has for the page's form."""
    texts: dict[str, Any] = {name: _typed(value) for name, value in call.body.items()}
    wanted = texts.pop("department_id")
    statement = select(Department).where(
        Department.id == (wanted or 0), Department.status == BodyStatus.ACTIVE
    )
    department = call.session.scalars(statement).one_or_none()
    texts["department_name"] = department.name if department else ""
    found = check_facts(texts, today=local_day(call.at))
    if isinstance(found, PhysicianFacts) and department is not None:
        return found, department.id
    problems = {} if isinstance(found, PhysicianFacts) else dict(found)
    unknown = _("没有找到该科室，或该科室已停用。")
    missing = problems.pop("department_name", unknown)
    errors = [pointed(name, message) for name, message in problems.items()]
    if department is None:
        errors.append(pointed("department_id", unknown if wanted else missing))
    raise invalid(errors)


def _typed(value: Any) -> Any:
    return value.value if isinstance(value, Vocabulary) else value


OPERATIONS = (
    Operation(
        name="list_physicians",
        path="/physicians",
        summary="列出范围内的医师",
        scope=ApiScope.PHYSICIANS_READ,
        answer=PHYSICIAN,
        is_list=True,
        filters=(
            by_id("institution_id", Physician.institution_id),
            by_id("department_id", Physician.department_id),
        ),
        run=many(Physician, options=_UNREAD),
    ),
    Operation(
        name="get_physician",
        path="/physicians/{id}",
        summary="读取一名医师",
        scope=ApiScope.PHYSICIANS_READ,
        answer=PHYSICIAN,
        has_version=True,
        run=_read,
    ),
    Operation(
        name="create_physician",
        method="POST",
        path="/physicians",
        summary="新增医师，检查和提示与页面相同；同时建立账号并列入当前周期",
        scope=ApiScope.PHYSICIANS_WRITE,
        answer=PHYSICIAN,
        intake=NEW_PHYSICIAN,
        is_made=True,
        has_version=True,
        run=_create,
    ),
)
