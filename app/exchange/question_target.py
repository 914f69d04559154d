"""题库: questions of a province's bank, known by their 题号; what is reviewed is not overwritten."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import String, select
from sqlalchemy.orm import Session, joinedload

from app.enums import (
    N_,
    Category,
    Difficulty,
    ImportKind,
    PhysicianLevel,
    QuestionKind,
    QuestionStatus,
)
from app.exchange.columns import Column, Problem, choice, code, text, words_of, yes_or_no
from app.exchange.differences import changes_of
from app.exchange.row_checks import check_cells
from app.exchange.sheet import RawRow
from app.exchange.target import Checked, Owner, PlannedRow, RowState, Target
from app.models import Authority, Question, QuestionGroup
from app.operations import questions
from app.operations.department_intake import ProposedDepartment
from app.operations.question_facts import QuestionFacts, completed, problems
from app.queries.among import among
from app.security.actor import Actor

CODE, STEM, GROUP, SHARED = "题号", "题干", "题组编号", "共用题干"
_KINDS = {
    "A1": QuestionKind.A1, "A2": QuestionKind.A2, "A3": QuestionKind.A3, "A4": QuestionKind.A3,
    "A3/A4": QuestionKind.A3, "B1": QuestionKind.B1, "X": QuestionKind.X,
    "单选": QuestionKind.A1, "单选题": QuestionKind.A1, "多选": QuestionKind.X,
    "多选题": QuestionKind.X, "判断": QuestionKind.TF,
}  # fmt: skip
_word = partial(text, max_length=64)
_prose = partial(text, max_length=4000, multiline=True)


def _options(cell: object) -> tuple[str, ...]:
    lines = _prose()(cell).splitlines()
    return tuple(line.strip() for line in lines if line.strip())


QUESTION_COLUMNS: tuple[Column, ...] = (
    Column("序号", "", str, width=7, example="1"),
    Column(CODE, "code", code, required=True, width=14, note=_l("不重复，请用文本格式"),
           example="GG0001"),
    Column("题型", "kind", choice(QuestionKind, aliases=_KINDS), required=True, width=22,
           choices=words_of(QuestionKind), example=QuestionKind.A1.value),
    Column("测评科目", "paper", _word(), required=True, width=14, aliases=("科目", "试卷名称"),
           example="公共知识"),
    Column("执业类别", "category", choice(Category), choices=words_of(Category),
           note=_l("不填为各类别通用")),
    Column("医师级别", "level", choice(PhysicianLevel), choices=words_of(PhysicianLevel),
           note=_l("不填为各级别通用")),
    Column("专业", "specialty", _word(), width=14),
    Column("知识点", "point", _word(), required=True, width=18, example="医师法"),
    Column("难度", "difficulty", choice(Difficulty), required=True, width=8,
           choices=words_of(Difficulty), example="中"),
    Column(GROUP, "group_code", code, width=14, note=_l("A3/A4型题必填，同一题组填写相同的编号")),
    Column(SHARED, "group_text", _prose(), width=40, note=_l("同一题组只需填写一次")),
    Column(STEM, "stem", _prose(), required=True, width=50,
           example="医师在执业活动中享有的权利是"),
    Column("备选答案", "options", _options, width=40, aliases=("选项",),
           note=_l("每行一个，不写字母；判断题不填"), example="获得报酬和享受福利待遇"),
    Column("正确答案", "answer", _word(), required=True, width=12, aliases=("答案",),
           note=_l("字母，如A或ACD；判断题填正确或错误"), example="A"),
    Column("选项不打乱", "keeps_order", yes_or_no, width=12, choices=("是", "否")),
    Column("解析", "explanation", _prose(), width=40),
    Column("来源", "source", text(max_length=255), width=24, example="医师法第二十二条"),
)  # fmt: skip
_BY_NAME = {column.attribute: column for column in QUESTION_COLUMNS if column.attribute}


@dataclass(frozen=True)
class QuestionRow:
    """What a file says of a question; None where it says nothing."""

    code: str
    kind: QuestionKind
    paper: str
    category: Category | None
    level: PhysicianLevel | None
    specialty: str | None
    point: str
    difficulty: Difficulty
    group_code: str | None
    group_text: str | None
    stem: str
    options: tuple[str, ...] | None
    answer: str
    keeps_order: bool | None
    explanation: str | None
    source: str | None


class QuestionTarget(Target):
    """Questions of the acting province's bank."""

    kind = ImportKind.QUESTION
    columns = QUESTION_COLUMNS
    facts_type = QuestionRow
    sheet_name = "试题"
    template_title = _l("试题导入模板")
    error_title = _l("试题导入错误表")
    empty = _l("文件中没有试题，请在表头下面逐行填写后再上传")
    name_header, key_header = STEM, CODE
    shown_headers = ("题型", "知识点")
    trail_label = N_("批量导入试题")

    def check(self, rows: Sequence[RawRow], *, today: date) -> Sequence[Checked]:
        """Judge options and answers, and numbers that stand twice."""
        return check_cells(
            rows, self.columns, QuestionRow, key=lambda one: one.code, key_header=CODE,
            judge=lambda values: list(problems(_complete(values))),
        )  # fmt: skip

    def place(
        self, session: Session, rows: Sequence[Checked], *, owner: Owner
    ) -> Sequence[PlannedRow]:
        """Find the questions that the bank has already, and groups that would lack their text."""
        said = [row.facts for row in rows if row.facts]
        known = {
            one.code: one
            for one in session.scalars(
                select(Question)
                .where(among(session, Question.code, [one.code for one in said], kind=String()))
                .options(joinedload(Question.group))
            )
        }
        texts = {row.group_code for row in said if row.group_text}
        texts |= set(session.scalars(select(QuestionGroup.code)))
        return [_placed(row, known, texts) for row in rows]

    def write(
        self,
        session: Session,
        *,
        new: Sequence[PlannedRow],
        changed: Sequence[PlannedRow],
        owner: Owner,
        actor: Actor,
        at: datetime,
    ) -> tuple[ProposedDepartment, ...]:
        """Add and change questions by the operations that the form uses; texts of groups first."""
        office = session.get_one(Authority, owner.id)
        for row in sorted(new, key=lambda one: not one.facts.group_text):
            questions.create(session, _facts(row.facts), owner=office, actor=actor, at=at)
        for row in changed:
            stored = session.get_one(Question, row.row_id, with_for_update=True)
            facts = replace(questions.facts_of(stored), **(row.values or {}))
            questions.change(session, stored, facts, version=stored.version, actor=actor, at=at)
        return ()


def _complete(values: Mapping[str, Any]) -> dict[str, Any]:
    return completed(
        dict(values)
        | {"options": values["options"] or (), "keeps_order": bool(values["keeps_order"])}
    )


def _facts(row: QuestionRow) -> QuestionFacts:
    return QuestionFacts(**_complete(asdict(row)))


def _placed(row: Checked, known: Mapping[str, Question], texts: set[str]) -> PlannedRow:
    plain = PlannedRow(row.number, RowState.REFUSED, row.cells, row.facts, row.problems)
    if row.facts is None:
        return plain
    said: QuestionRow = row.facts
    if said.kind is QuestionKind.A3 and said.group_code not in texts:
        message = _l("新的题组须填写共用题干。")
        return replace(plain, problems=(Problem(SHARED, message),))
    stored = known.get(said.code)
    if stored is None:
        return replace(plain, state=RowState.NEW)
    before = asdict(questions.facts_of(stored))
    values = {
        name: value
        for name, value in asdict(_facts(said)).items()
        if value != before[name] and getattr(said, name) is not None
    }
    unchanged = replace(plain, state=RowState.UNCHANGED, row_id=stored.id)
    if not values:
        return unchanged
    if stored.status is not QuestionStatus.DRAFT:
        message = _l("试题已审定或停用，请先退回修改。")
        return replace(unchanged, state=RowState.CHANGED, problems=(Problem(CODE, message),))
    told = {name: _told(before[name]) for name in values}
    changes = changes_of(told, {n: _told(v) for n, v in values.items()}, _BY_NAME, frozenset())
    return replace(unchanged, state=RowState.CHANGED, changes=tuple(changes), values=values)


def _told(value: Any) -> Any:
    return "；".join(value) if isinstance(value, tuple) else value
