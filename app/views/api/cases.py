"""考核 for programs: cases with their status, the trail of one, and results. Read only."""

from typing import Any

from app.enums import ApiScope, AssessmentStatus, Procedure, Role, Verdict
from app.models import Assessment, TrailEntry
from app.queries import api_rows
from app.views.api.fields import Field, Resource, instant, number, text, utc, word
from app.views.api.reading import many, one
from app.views.api.table import Call, Operation, by_id, by_word

CASE = Resource(
    "Case",
    "一名医师在一个考核周期的考核",
    (
        number("id"),
        number("participation_id"),
        number("physician_id"),
        number("institution_id"),
        number("agency_id", nullable=True),
        number("cycle_id"),
        word("status", AssessmentStatus),
        instant("status_since"),
        word("procedure", Procedure, nullable=True),
        word("result", Verdict, nullable=True),
        instant("submitted_at", nullable=True),
        text("returned_reason", "退回原因", nullable=True),
        number("version"),
    ),
)
ENTRY = Resource(
    "TrailEntry",
    "操作日志的一条；不含办理人姓名",
    (
        number("id"),
        instant("at"),
        text("subject", "办理的对象，如 assessment、participation"),
        number("subject_id", nullable=True),
        text("action"),
        text("action_label", "操作的中文名称"),
        text("from_status", nullable=True),
        text("to_status", nullable=True),
        text("comment", nullable=True),
        word("actor_role", Role),
        text("actor_body", nullable=True),
    ),
)
RESULT = Resource(
    "Result",
    "已完成的考核的结果",
    (
        Field("case_id", {"type": "integer"}, lambda row: row.id),
        number("physician_id"),
        number("institution_id"),
        number("cycle_id"),
        word("procedure", Procedure, nullable=True),
        word("result", Verdict, nullable=True),
        Field(
            "completed_at",
            {"type": "string", "format": "date-time"},
            lambda row: utc(row.status_since),
        ),
    ),
)
_find = one(Assessment)


def _trail(call: Call) -> Any:
    case = _find(call)
    return api_rows.page(
        call.session,
        TrailEntry,
        TrailEntry.participation_id == case.participation_id,
        after=call.after,
        limit=call.limit,
    )


_FILTERS = (
    by_id("cycle_id", Assessment.cycle_id),
    by_id("institution_id", Assessment.institution_id),
    by_id("physician_id", Assessment.physician_id),
)

OPERATIONS = (
    Operation(
        name="list_cases",
        path="/cases",
        summary="列出范围内的考核及其状态",
        scope=ApiScope.CASES_READ,
        answer=CASE,
        is_list=True,
        filters=(*_FILTERS, by_word("status", Assessment.status, AssessmentStatus)),
        run=many(Assessment),
    ),
    Operation(
        name="get_case",
        path="/cases/{id}",
        summary="读取一个考核",
        scope=ApiScope.CASES_READ,
        answer=CASE,
        has_version=True,
        run=_find,
    ),
    Operation(
        name="list_case_trail",
        path="/cases/{id}/trail",
        summary="列出一个考核的操作日志，先发生的在前",
        scope=ApiScope.CASES_READ,
        answer=ENTRY,
        is_list=True,
        run=_trail,
    ),
    Operation(
        name="list_results",
        path="/results",
        summary="列出范围内已完成的考核的结果",
        scope=ApiScope.RESULTS_READ,
        answer=RESULT,
        is_list=True,
        filters=(*_FILTERS, by_word("result", Assessment.result, Verdict)),
        run=many(Assessment, Assessment.status == AssessmentStatus.COMPLETED),
    ),
)
