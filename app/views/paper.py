"""测评进度: which paper of whom stands where (manual 1.9.2); agencies enter and confirm scores."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from app.enums import PaperStatus, Procedure, Role, Verdict
from app.extensions import db
from app.models import Agency, Assessment, Institution, Paper, Physician
from app.operations import papers
from app.queries import side_cases
from app.queries.listing import Column, Listing, Tab
from app.views import actions, bodies, caselist
from app.views.actions import Action, link
from app.views.base import EntityView, Interface, acting, expose, page, protected
from app.views.clock import now
from app.views.filters import Filter, contains, named, one_of, vocabulary_choices
from app.workflows.engine import StepRefused
from app.workflows.paper import PAPER
from app.workflows.paper_gates import SITTING

MOST = 50
"""How many scores are entered on one page."""
_AGENCY = Column(name="agency", label=_l("考核机构"), expression=Agency.name)
_COLUMNS = ("department", "name", "id_number", "category", "procedure")


def paper_word(word: str) -> str:
    """Give a 试卷名称 in the language of the reader."""
    return _(word)


def may_enter(view: EntityView) -> bool:
    """Say whether the person enters and confirms scores."""
    access: bool = view.appbuilder.sm.has_access("can_enter", PaperView.__name__)
    return access


class PaperListView(EntityView):
    """Papers of the current cycle, in the manual's columns."""

    datamodel = Interface(Paper)
    abilities = frozenset({"list", "export"})

    def listing(self) -> Listing:
        """Give the manual's columns."""
        p = Paper
        shown = {column.name: column for column in caselist.columns(*_COLUMNS)}
        procedure = shown.pop("procedure")
        shown["name"] = replace(shown["name"], label=_l("名称"))
        return Listing(
            anchor=p,
            columns=(
                *shown.values(),
                *(() if acting().role is Role.AGENCY else (_AGENCY,)),
                procedure,
                Column(name="paper", label=_l("试卷名称"), expression=p.name, show=paper_word, plain=paper_word),
                Column(name="round", label=_l("场次"), expression=p.round, show=round_words, plain=round_words),
                Column(name="score", label=_l("成绩"), expression=p.score_tenths, css="num",
                       show=papers.shown, plain=papers.shown),
                Column(name="result", label=_l("测评结果"), expression=p.result),
                Column(name="status", label=_l("测评状态"), expression=p.status),
                Column(name="case_id", label="", expression=p.assessment_id, shown=False),
            ),
            details=lambda s: side_cases.details(p)(s).outerjoin(Agency, Agency.id == p.agency_id),
            order=(p.id,),
            criteria=(side_cases.in_current_cycle(p, province_id=acting().province_id),),
            tabs=(
                Tab(name="all", label=_l("全部"), criterion=p.id > 0),
                *(
                    Tab(name=one.name.lower(), label=one.label, criterion=p.status == one)
                    for one in (PaperStatus.NOT_STARTED, PaperStatus.ENTERED, PaperStatus.DONE)
                ),
                Tab(name="makeup", label=_l("补考"), criterion=p.round > 1),
            ),
        )  # fmt: skip

    def filters(self) -> Sequence[Filter]:
        """Offer the manual's filters: 考核程序, 试卷名称, 测评状态, and who it is."""
        chosen = caselist.filters("department", "name", "id_number")
        people = [replace(one, build=_of_case(one.build)) for one in chosen]
        return (
            Filter(
                name="procedure", label=_l("考核程序"), kind="choice",
                choices=vocabulary_choices(Procedure),
                build=lambda word: side_cases.of_cases(
                    Paper, one_of(Assessment.procedure, Procedure)(word)
                ),
            ),
            Filter(name="paper", label=_l("试卷名称"), kind="text", build=contains(Paper.name)),
            Filter(
                name="status", label=_l("测评状态"), kind="choice",
                build=one_of(Paper.status, PaperStatus), choices=vocabulary_choices(PaperStatus),
            ),
            Filter(
                name="result", label=_l("测评结果"), kind="choice",
                build=one_of(Paper.result, Verdict), choices=vocabulary_choices(Verdict),
            ),
            *people,
        )  # fmt: skip

    def row_actions(self, row: Any) -> list[Action]:
        """Give 查看, and to agencies the steps that need no score."""
        found = []
        if self.appbuilder.sm.has_access("can_case", "ProgressView"):
            found.append(link("case", _l("查看"), url_for("ProgressView.case", pk=row.case_id)))
        if acting().role is Role.AGENCY and may_enter(self):
            steps = bodies.row_steps(PAPER, row.pk, row.status)
            found += [one for one in steps if one.name not in ("enter", "terminate")]
        return found


class PaperView(PaperListView):
    """测评进度."""

    route_base = "/papers"
    name = _l("测评进度")
    group = _l("进度管理")

    def toolbar(self) -> list[Action]:
        """Give 录入成绩 to agencies."""
        if not self.may("enter"):
            return []
        found = [link("enter", _l("录入成绩"), url_for("PaperView.scores"), tone="primary")]
        if self.appbuilder.sm.has_access("can_use", "ScoreFileView"):
            found.append(link("file", _l("导入线下成绩"), url_for("ScoreFileView.index")))
        return found

    def bulk(self) -> list[Action]:
        """Give 批量复核成绩 where scores wait for it."""
        if not self.may("enter") or request.args.get("tab") != PaperStatus.ENTERED.name.lower():
            return []
        url = url_for("StepView.fire_many", workflow=PAPER.name, action="confirm", view="PaperView")
        confirm = _l("确定所选成绩与原始记录一致吗？复核后按合格线判定，不能再修改。")
        return [actions.post("confirm", _l("批量复核成绩"), url, confirm=confirm, tone="primary")]

    @expose("/scores", methods=["GET", "POST"])
    @protected("enter")
    def scores(self) -> Any:
        """Draw the papers without a score with a field each, or enter what was typed: all or none."""
        asked: dict[str, Any] = {
            name: (request.form if request.method == "POST" else request.args).get(name, "").strip()
            for name in ("institution", "paper")
        }
        rows = _waiting(asked)
        typed = {row.id: request.form.get(f"score-{row.id}", "").strip() for row in rows}
        wrong = {
            pk: _("成绩应为0至100，最多一位小数。")
            for pk, text in typed.items()
            if text and papers.in_tenths(text) is None
        }
        if request.method == "POST" and not wrong:
            done = _entered(typed)
            if done is not None:
                flash(_("已录入%(n)s份成绩，请由另一人复核。", n=done), "success")
                return redirect(url_for("PaperView.scores", **asked))
        drawn = {
            "rows": rows,
            "typed": typed,
            "wrong": wrong,
            "asked": asked,
            "most": MOST,
            "back_url": url_for("PaperView.list"),
        }
        return page("paper/scores.html", title=_("录入成绩"), crumbs=self.crumbs(), page=drawn)


def _of_case(build: Any) -> Any:
    return lambda value: side_cases.of_cases(Paper, build(value))


def round_words(number: int) -> str:
    return _("测评") if number == 1 else _("第%(n)s次补考", n=number - 1)


def _waiting(asked: dict[str, str]) -> Sequence[Paper]:
    """Read the first papers without a score of cases that are being examined."""
    statement = (
        select(Paper)
        .join(Paper.assessment)
        .join(Assessment.physician)
        .where(
            side_cases.in_current_cycle(Paper, province_id=acting().province_id),
            Paper.status == PaperStatus.NOT_STARTED,
            Assessment.status.in_(sorted(SITTING)),
        )
        .options(
            contains_eager(Paper.assessment).options(
                contains_eager(Assessment.physician).joinedload(Physician.department),
                joinedload(Assessment.institution),
            )
        )
        .order_by(Paper.institution_id, Paper.name, Paper.id)
        .limit(MOST)
    )
    if asked["paper"]:
        statement = statement.where(Paper.name.contains(asked["paper"], autoescape=True))
    if asked["institution"]:
        houses = select(Institution.id).where(named(Institution)(asked["institution"]))
        statement = statement.where(Paper.institution_id.in_(houses))
    return db.session.scalars(statement).unique().all()


def _entered(typed: dict[int, str]) -> int | None:
    """Enter the scores in one transaction; a refusal enters none."""
    session, number = db.session(), 0
    try:
        for pk, text in typed.items():
            if text:
                facts = papers.in_tenths(text)
                PAPER.fire(session, pk, "enter", actor=acting(), at=now(), facts=facts)
                number += 1
        session.commit()
    except StepRefused as refusal:
        session.rollback()
        flash(str(refusal.reason), "danger")
        return None
    return number
