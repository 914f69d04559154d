"""The import's template as columns of the bank's list: what is exported so can be imported again."""

from functools import cache
from typing import Any

from app.exchange.question_target import QUESTION_COLUMNS
from app.models import Question, QuestionGroup
from app.queries.listing import Column

_ELSEWHERE: dict[str, Any] = {"group_code": QuestionGroup.code, "group_text": QuestionGroup.text}


def _yes_or_no(value: Any) -> str:
    return "是" if value else "否"


_PLAIN: dict[str, Any] = {"options": "\n".join, "keeps_order": _yes_or_no}


@cache
def question_columns() -> tuple[Column, ...]:
    """Give the template's columns but 序号."""
    return tuple(
        Column(
            name=column.attribute,
            label=column.header,
            expression=_ELSEWHERE.get(column.attribute, getattr(Question, column.attribute, None)),
            plain=_PLAIN.get(column.attribute),
        )
        for column in QUESTION_COLUMNS
        if column.attribute
    )
