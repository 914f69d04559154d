"""试题统计 on the bank's list and on a question's page."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Float, Select, case, cast, func, select

from app.enums import N_
from app.extensions import db
from app.models import Question, QuestionFigure
from app.operations import question_figures
from app.queries.listing import Column

WORDS = (N_("选项"), N_("内容"), N_("选择人数"), N_("比例"))
"""Heads of the table of options."""
_NEWEST = select(func.max(QuestionFigure.cycle_id)).scalar_subquery()


def with_figures(statement: Select[Any]) -> Select[Any]:
    """Join the figures of the cycle that was counted last."""
    f = QuestionFigure
    return statement.outerjoin(f, (f.question_id == Question.id) & (f.cycle_id == _NEWEST))


def figure_columns() -> tuple[Column, ...]:
    """Give how often questions were used, and how often answered rightly."""
    f = QuestionFigure
    rate = case((f.used > 0, cast(f.right, Float) / f.used))
    return (
        Column(name="used", label=_l("使用次数"), expression=f.used, css="num"),
        Column(name="rate", label=_l("正确率"), expression=rate, css="num", show=percent, plain=percent),
    )  # fmt: skip


def percent(share: float | None) -> str:
    """Write a share."""
    return "—" if share is None else f"{share * 100:.1f}%"


def figures_of(question: Question, letters: str) -> list[dict[str, Any]]:
    """Give what is known of a question, cycle by cycle, with how often each option was chosen."""
    found = []
    for figure in question_figures.of_question(db.session(), question.id):
        tally = question_figures.tally_of(figure)
        apart = tally.discrimination
        found.append(
            {
                "cycle": figure.cycle.label,
                "facts": [
                    (_("使用次数"), tally.used),
                    (_("正确率"), percent(tally.rate)),
                    (_("区分度"), "—" if apart is None else f"{apart:.2f}"),
                ],
                "options": _options(question, letters, tally.chosen, tally.used),
            }
        )
    return found


def _options(
    question: Question, letters: str, chosen: Any, used: int
) -> Sequence[tuple[str, str, bool, int, str]]:
    rows = [(letters[n], text) for n, text in enumerate(question.options)]
    found = [
        (letter, text, letter in question.answer, chosen[letter], percent(chosen[letter] / used))
        for letter, text in rows
    ]
    return [*found, ("—", _("未作答"), False, chosen[""], percent(chosen[""] / used))]
