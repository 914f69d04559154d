"""批量通过 and 批量认定: the page that shows what would be done and what not, before anything happens."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_

from app.enums import Role
from app.extensions import db
from app.models import Assessment
from app.operations import batch_exceptions
from app.queries import assessments
from app.views import actions, cells, listpages
from app.views.actions import Action
from app.views.base import acting, page
from app.views.clock import now
from app.views.filters import FilterBar
from app.views.language import own_path
from app.views.rownumbers import row_number
from app.workflows.batch_pass import conclude_routine, pass_routine, verdict_exceptions
from app.workflows.bulk import BulkOutcome

LIMIT = 200
"""Cases a batch: what one person can answer for, and one request can do."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One decision on many cases: its words, which cases are none of it, and what carries it out."""

    label: Any
    about: Callable[[], Any]
    done: Callable[[int], Any]
    exceptions: Callable[..., Sequence[Any]]
    carry: Callable[..., BulkOutcome]


def _passed(n: int) -> Any:
    if acting().role is Role.AGENCY:
        return _("批量通过%(n)s件。", n=n)
    return _("批量通过%(n)s件，已提交考核机构复核。", n=n)


def _passing() -> Any:
    if acting().role is Role.AGENCY:
        return _("以下医师的工作业绩、职业道德均复核为合格。确认前不会有任何改变。")
    return _("以下医师的工作业绩、职业道德均评定为合格，提交考核机构复核。确认前不会有任何改变。")


PASSING = Batch(
    label=_l("批量通过"),
    about=_passing,
    done=_passed,
    exceptions=batch_exceptions.reasons,
    carry=pass_routine,
)
CONCLUDING = Batch(
    label=_l("批量认定合格"),
    about=lambda: _("以下医师三项考核内容均为合格，认定考核结果为合格。确认前不会有任何改变。"),
    done=lambda n: _("已认定%(n)s件，等待卫生行政部门备案。", n=n),
    exceptions=verdict_exceptions,
    carry=conclude_routine,
)


def button(view: Any, batch: Batch = PASSING) -> Action:
    """Give the button over the list."""
    url = url_for(f"{view.endpoint}.batch")
    return actions.post("batch", batch.label, url, tone="primary")


def preview(view: Any, batch: Batch = PASSING) -> str:
    """Draw the chosen cases of a queue: those that are routine, and the others with the reason."""
    chosen = and_(listpages.selected(view, Assessment), *view.queue())
    found = assessments.for_batch(db.session(), chosen, limit=LIMIT + 1)
    cases, actor = found[:LIMIT], acting()
    routine: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    for case in cases:
        reasons = batch.exceptions(case, actor=actor)
        row = _row(view, case, reasons)
        (others if reasons else routine).append(row)
    drawn = {
        "routine": routine,
        "others": others,
        "is_cut": len(found) > LIMIT,
        "limit": LIMIT,
        "about": batch.about(),
        "url": url_for(f"{view.endpoint}.batch_pass"),
        "back_url": _list_url(view),
    }
    return page("case/batch.html", title=batch.label, crumbs=view.crumbs(), page=drawn)


def carry_out(view: Any, batch: Batch = PASSING) -> Any:
    """Pass what was confirmed, and say how many passed and why others did not."""
    back = own_path(request.form.get("back") or "", view.list_url())
    wanted = _wanted(request.form.getlist("cases"))
    outcome = batch.carry(db.session(), wanted, actor=acting(), at=now())
    db.session.commit()
    flash(batch.done(len(outcome.done)), "success")
    numbers: dict[str, int] = {}
    for reason in outcome.refused.values():
        numbers[str(reason)] = numbers.get(str(reason), 0) + 1
    for text, number in numbers.items():
        flash(_("%(n)s条未处理：%(reason)s", n=number, reason=text), "warning")
    return redirect(back)


def _row(view: Any, case: Assessment, reasons: Sequence[Any]) -> dict[str, Any]:
    return {
        "key": f"{case.id}:{case.version}",
        "name": case.physician.name,
        "department": case.physician.department.name,
        "id_number": case.physician.id_masked,
        "submitted": cells.shown(case.submitted_at),
        "reasons": reasons,
        "url": view.case_url(case.id),
    }


def _wanted(keys: Sequence[str]) -> Mapping[int, int]:
    pairs = (key.partition(":") for key in keys[:LIMIT])
    numbers = ((row_number(pk), row_number(version)) for pk, _colon, version in pairs)
    return {pk: version for pk, version in numbers if pk is not None and version is not None}


def _list_url(view: Any) -> str:
    names = [name for entry in view.filters() for name in FilterBar.names_of(entry)]
    kept: dict[str, Any] = {n: request.form[n] for n in names if request.form.get(n)}
    return url_for(f"{view.endpoint}.list", **kept)
