"""What a question says, and what is wrong with it: one judgement for forms and for files."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from app.enums import N_, Category, Difficulty, PhysicianLevel, QuestionKind
from app.exams.grading import letters

TRUE_FALSE = (N_("正确"), N_("错误"))
MOST_OPTIONS = 8
_LEAST = 2
_SHARED = frozenset({QuestionKind.A3})


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionFacts:
    """A question as it is typed. ``answer`` are letters of ``options`` in their order."""

    kind: QuestionKind
    paper: str
    point: str
    difficulty: Difficulty
    stem: str
    options: tuple[str, ...]
    answer: str
    code: str | None = None
    category: Category | None = None
    level: PhysicianLevel | None = None
    specialty: str | None = None
    group_code: str | None = None
    group_text: str | None = None
    keeps_order: bool = False
    explanation: str | None = None
    source: str | None = None


def completed(facts: dict[str, Any]) -> dict[str, Any]:
    """Fill in what a kind knows by itself: 判断题 has two options, whose order never changes."""
    if facts["kind"] is QuestionKind.TF:
        answer = {"正确": "A", "对": "A", "错误": "B", "错": "B"}.get(facts["answer"])
        return facts | {
            "options": TRUE_FALSE, "keeps_order": True, "answer": answer or letters(facts["answer"])
        }  # fmt: skip
    return facts | {"answer": letters(facts["answer"])}


def problems(facts: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Give what is wrong, as (name of the fact, message)."""
    kind, options, answer = facts["kind"], facts["options"], facts["answer"]
    if not _LEAST <= len(options) <= MOST_OPTIONS:
        yield "options", _l("备选答案应有2至%(most)s个，每行一个。", most=MOST_OPTIONS)
        return
    if len(set(options)) < len(options):
        yield "options", _l("备选答案有重复，请核对。")
    if not answer or any(not 0 <= ord(one) - ord("A") < len(options) for one in answer):
        last = chr(ord("A") + len(options) - 1)
        yield "answer", _l("正确答案应为A至%(last)s中的字母。", last=last)
    elif kind is QuestionKind.X and len(answer) < _LEAST:
        yield "answer", _l("多项选择题的正确答案应有两个以上。")
    elif kind is not QuestionKind.X and len(answer) > 1:
        yield "answer", _l("该题型只有一个正确答案。")
    if kind in _SHARED and not facts["group_code"]:
        yield "group_code", _l("A3/A4型题须填写题组编号，同一题组的试题共用题干。")
    if facts["group_text"] and not facts["group_code"]:
        yield "group_code", _l("填写了共用题干的，须填写题组编号。")
