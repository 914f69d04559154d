"""What some steps need besides a comment, read from their forms."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from app.enums import (
    AwayReason,
    Incident,
    MarkReason,
    OpinionPart,
    ResultPart,
    Verdict,
    Vocabulary,
)
from app.operations import papers
from app.operations.opinions import OpinionInput
from app.operations.remarks import MOST, RemarkInput, RemarkRefused, checked
from app.operations.remedies import Suspension
from app.views.rownumbers import row_number
from app.workflows.engine import StepRefused
from app.workflows.outside_opinion import LONGEST
from app.workflows.participation import Absence
from app.workflows.stopping import STOPPED


def read(workflow: str, action: str, form: Mapping[str, str]) -> Any:
    """Give the facts of a step, or None for a step that needs none.

    :raises StepRefused: a value that cannot be read.
    """
    reader = _READERS.get((workflow, action))
    return reader(form) if reader else None


def _opinions(form: Mapping[str, str]) -> dict[OpinionPart, OpinionInput]:
    found = {}
    for part in OpinionPart:
        name = part.name.lower()
        chosen = form.get(f"{name}_verdict", "")
        verdict = Verdict[chosen] if chosen in Verdict.__members__ else None
        reason = form.get(f"{name}_reason", "")
        if len(reason) > 1000:
            raise StepRefused(_l("不合格理由不能超过1000字。"))
        found[part] = OpinionInput(verdict, reason)
    return found


def _absence(form: Mapping[str, str]) -> Absence | None:
    reason = form.get("away_reason", "")
    since = form.get("away_from", "")
    until = form.get("away_until", "")
    if not reason or not since:
        return None
    try:
        last = date.fromisoformat(until) if until else None
        if AwayReason[reason] in STOPPED:
            raise KeyError(reason)
        return Absence(AwayReason[reason].value, date.fromisoformat(since), last)
    except (KeyError, ValueError) as error:
        raise StepRefused(_l("离岗原因或日期不正确，请重新填写。")) from error


def _session_day(form: Mapping[str, str]) -> date | None:
    typed = form.get("session_on", "").strip()
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise StepRefused(_l("延考场次日期不正确，请重新填写。")) from error


def _content(form: Mapping[str, str]) -> str | None:
    text = form.get("content", "").strip()
    if len(text) > LONGEST:
        raise StepRefused(_l("机构意见不能超过1000字。"))
    return text or None


def _assessor(form: Mapping[str, str]) -> int | None:
    return row_number(form.get("assessor", ""))


def _remarks(form: Mapping[str, str]) -> list[RemarkInput]:
    typed = [
        (form.get(f"remark_field_{n}", ""), form.get(f"remark_text_{n}", "")) for n in range(MOST)
    ]
    try:
        return checked(typed)
    except RemarkRefused as refusal:
        raise StepRefused(refusal.message) from refusal


def _word(vocabulary: type[Vocabulary], sent: str) -> Vocabulary | None:
    return vocabulary[sent] if sent in vocabulary.__members__ else None


def _cycles(form: Mapping[str, str]) -> int | None:
    return row_number(form.get("cycles", ""))


def _suspension(form: Mapping[str, str]) -> Suspension:
    since = form.get("suspended_from", "").strip()
    try:
        starts_on = date.fromisoformat(since) if since else None
    except ValueError as error:
        raise StepRefused(_l("暂停执业的起始日期不正确，请重新填写。")) from error
    return Suspension(
        starts_on=starts_on,
        months=row_number(form.get("months", "")),
        document=form.get("document", ""),
    )


def _changes(form: Mapping[str, str]) -> dict[ResultPart, Verdict]:
    found = {part: form.get(f"part_{part.name.lower()}", "") for part in ResultPart}
    return {part: Verdict[word] for part, word in found.items() if word in Verdict.__members__}


_READERS = {
    ("agency", "disqualify"): _cycles,
    ("assessment", "institution_submit"): _opinions,
    ("assessment", "agency_pass"): _opinions,
    ("assessment", "institution_reject"): _remarks,
    ("assessment", "agency_reject"): _remarks,
    ("paper", "enter"): lambda form: papers.in_tenths(form.get("score", "")),
    ("paper", "terminate"): lambda form: _word(Incident, form.get("incident", "")),
    ("proctoring", "suspect"): lambda form: _word(MarkReason, form.get("mark_reason", "")),
    ("proctoring", "confirm"): lambda form: _word(MarkReason, form.get("mark_reason", "")),
    ("participation", "leave"): _absence,
    ("participation", "change_absence"): _absence,
    ("outside_opinion", "sign"): _content,
    ("recusal", "accept"): _assessor,
    ("deferral", "agency_approve"): _session_day,
    ("remedy", "suspend"): _suspension,
    ("objection", "change"): _changes,
}
