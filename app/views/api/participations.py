"""参加 for programs: who takes part, and the steps 参加 and 取消参加 of the workflow."""

from collections.abc import Callable

from flask_babel import gettext as _

from app.enums import ApiScope, AwayReason, ParticipationStatus
from app.models import Participation
from app.views.api.fields import Resource, day, number, word
from app.views.api.intake import Intake, Member
from app.views.api.problems import Problem
from app.views.api.reading import many, one
from app.views.api.table import Call, Operation, by_id, by_word
from app.workflows.engine import NoSuchStep
from app.workflows.participation import PARTICIPATION

ANSWER = Resource(
    "Participation",
    "一名医师在一个考核周期的参加情况",
    (
        number("id"),
        number("physician_id"),
        number("cycle_id"),
        number("institution_id"),
        number("agency_id", "被指派的考核机构", nullable=True),
        word("status", ParticipationStatus),
        word("away_reason", AwayReason, nullable=True),
        day("away_from", nullable=True),
        number("version"),
    ),
)
STEP = Intake("Step", (Member(name="comment", about="写入操作日志的说明", longest=500),))


def _step(action: str) -> Callable[[Call], Participation]:
    def run(call: Call) -> Participation:
        found = call.session.get(
            Participation, call.pk, with_for_update=True, populate_existing=True
        )
        if found is None:
            raise NoSuchStep(call.pk)
        if not call.version_fits(found.version):
            raise Problem(412, _("该记录已有更新的版本，请重新读取后再办理。"))
        moved: Participation = PARTICIPATION.fire(
            call.session,
            call.pk,
            action,
            actor=call.actor,
            at=call.at,
            comment=call.body["comment"],
        )
        return moved

    return run


OPERATIONS = (
    Operation(
        name="list_participations",
        path="/participations",
        summary="列出范围内的参加情况",
        scope=ApiScope.PARTICIPATION_READ,
        answer=ANSWER,
        is_list=True,
        filters=(
            by_id("cycle_id", Participation.cycle_id),
            by_id("institution_id", Participation.institution_id),
            by_id("physician_id", Participation.physician_id),
            by_word("status", Participation.status, ParticipationStatus),
        ),
        run=many(Participation),
    ),
    Operation(
        name="get_participation",
        path="/participations/{id}",
        summary="读取一名医师在一个周期的参加情况",
        scope=ApiScope.PARTICIPATION_READ,
        answer=ANSWER,
        has_version=True,
        run=one(Participation),
    ),
    *(
        Operation(
            name=f"{action}_participation",
            method="POST",
            path=f"/participations/{{id}}/{action}",
            summary=summary,
            scope=ApiScope.PARTICIPATION_WRITE,
            answer=ANSWER,
            intake=STEP,
            has_version=True,
            run=_step(action),
        )
        for action, summary in (
            ("confirm", "办理参加，规则与页面相同"),
            ("withdraw", "取消参加，规则与页面相同"),
        )
    ),
)
