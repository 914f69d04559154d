"""题库: a province's questions, written by one person and reviewed by another."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import undefer
from werkzeug.exceptions import Forbidden, NotFound

from app.enums import Category, Difficulty, QuestionKind, QuestionStatus
from app.extensions import db
from app.jobs import question_figures
from app.models import Authority, Question, QuestionGroup, QuestionImage
from app.operations import practice, questions
from app.operations.question_facts import QuestionFacts
from app.queries import trail
from app.queries.listing import Column, Listing, Tab
from app.views import actions, bodies, casefacts, cells, listpages
from app.views.actions import Action, link
from app.views.base import EntityView, Interface, acting, expose, page, protected
from app.views.clock import now
from app.views.filters import Filter, contains, one_of, vocabulary_choices
from app.views.import_links import import_button
from app.views.jobwords import lead_to
from app.views.language import own_path
from app.views.pictures import picture
from app.views.question_columns import question_columns
from app.views.question_figures import WORDS, figure_columns, figures_of, with_figures
from app.views.question_form import QuestionForm
from app.views.rownumbers import row_number
from app.workflows.question import QUESTION

NOT_OURS = _l("题库由省级卫生行政部门建立。")
LETTERS = "ABCDEFGH"
_STEM = 36  # characters of a stem in the list


def _use(is_practice: bool) -> str:
    return _("练习") if is_practice else _("测评")


def is_province() -> bool:
    """Say whether a province's own authority is acting: banks and papers are a province's."""
    actor = acting()
    return actor.authority_id is not None and actor.authority_id == actor.province_id


class QuestionView(EntityView):
    """The questions of one's own bank."""

    datamodel = Interface(Question)
    route_base = "/questions"
    name = _l("题库")
    group = _l("测评管理")
    new_label = _l("新增试题")
    abilities = frozenset({"list", "show", "add", "edit", "export"})
    add_form = QuestionForm
    edit_form = QuestionForm
    form_fieldsets = QuestionForm.GROUPS
    has_file = True

    def listing(self) -> Listing:
        """List the questions by their state."""
        q = Question
        return Listing(
            anchor=q,
            columns=(
                Column(name="code", label=_l("题号"), expression=q.code, sort=True),
                Column(name="kind", label=_l("题型"), expression=q.kind),
                Column(name="paper", label=_l("测评科目"), expression=q.paper),
                Column(name="category", label=_l("执业类别"), expression=q.category),
                Column(name="point", label=_l("知识点"), expression=q.point),
                Column(name="difficulty", label=_l("难度"), expression=q.difficulty),
                Column(name="stem", label=_l("题干"), expression=func.substr(q.stem, 1, _STEM)),
                *figure_columns(),
                Column(
                    name="use", label=_l("用途"), expression=q.is_practice, show=_use, plain=_use
                ),
                Column(name="status", label=_l("状态"), expression=q.status),
                Column(name="written_by", label=_l("命题人"), expression=q.written_by),
                Column(name="reviewed_by", label=_l("审题人"), expression=q.reviewed_by),
            ),
            tabs=tuple(
                Tab(name=one.name.lower(), label=one.label, criterion=q.status == one)
                for one in QuestionStatus
            ),
            order=(q.id.desc(),),
            details=lambda statement: with_figures(
                statement.outerjoin(QuestionGroup, QuestionGroup.id == q.group_id)
            ),
        )

    def template_columns(self) -> Sequence[Column]:
        """Give the columns of 批量导入试题."""
        return question_columns()

    def filters(self) -> Sequence[Filter]:
        """Filter by what blueprints draw by, and by words of the stem."""
        q = Question
        choices = (
            ("kind", _l("题型"), q.kind, QuestionKind),
            ("category", _l("执业类别"), q.category, Category),
            ("difficulty", _l("难度"), q.difficulty, Difficulty),
        )
        return (
            Filter(name="code", label=_l("题号"), kind="text", build=contains(q.code)),
            Filter(name="paper", label=_l("测评科目"), kind="text", build=contains(q.paper)),
            Filter(name="point", label=_l("知识点"), kind="text", build=contains(q.point)),
            Filter(name="stem", label=_l("题干"), kind="text", build=contains(q.stem)),
            *(
                Filter(
                    name=name, label=label, kind="choice", build=one_of(column, vocabulary),
                    choices=vocabulary_choices(vocabulary),
                )
                for name, label, column, vocabulary in choices
            ),
        )  # fmt: skip

    def toolbar(self) -> list[Action]:
        """Give 新增试题 and 批量导入试题, closed for everybody but a province."""
        if not self.may("add"):
            return []
        closed = None if is_province() else NOT_OURS
        url = url_for("QuestionView.add")
        found = [link("add", self.new_label, url, tone="primary", closed=closed)]
        if closed is None:
            label = _l("批量导入试题")
            found += import_button(self.appbuilder.sm, "QuestionImportView", label)
            found.append(actions.post("count", _l("统计作答"), url_for("QuestionView.count")))
        return found

    def bulk(self) -> list[Action]:
        """Give 批量审定 for what waits for it; what is reviewed may be set aside for practice."""
        asked = request.args.get("tab", QuestionStatus.DRAFT.name.lower())
        if not self.may("edit"):
            return []
        if asked == QuestionStatus.REVIEWED.name.lower():
            return _practice_buttons()
        if asked != QuestionStatus.DRAFT.name.lower():
            return []
        url = url_for(
            "StepView.fire_many", workflow=QUESTION.name, action="review", view="QuestionView"
        )
        confirm = _l("确定所选试题的内容和答案无误吗？审定后可以组卷。")
        return [actions.post("review", _l("批量审定"), url, confirm=confirm, tone="primary")]

    def row_actions(self, row: Any) -> list[Action]:
        """Give 查看, and 编辑 of what is not reviewed."""
        found = [link("show", _l("查看"), url_for("QuestionView.show", pk=row.pk))]
        if self.may("edit") and row.status is QuestionStatus.DRAFT:
            found.append(link("edit", _l("编辑"), url_for("QuestionView.edit", pk=row.pk)))
        return found

    @expose("/practise", methods=["POST"])
    @protected("edit")
    def practise(self) -> Any:
        """Set the ticked questions aside for practice, or take them back."""
        if not is_province():
            raise Forbidden
        session = db.session()
        wanted = request.args.get("wanted") == "1"
        chosen = listpages.selected(self, Question)
        number = practice.choose(session, chosen, wanted=wanted, actor=acting(), at=now())
        session.commit()
        flash(_("已处理%(n)s道试题。", n=number), "success")
        return redirect(own_path(request.form.get("back") or "", url_for("QuestionView.list")))

    @expose("/count", methods=["POST"])
    @protected("edit")
    def count(self) -> Any:
        """Ask for the questions' figures of the latest cycle."""
        if not is_province():
            raise Forbidden
        session = db.session()
        job = question_figures.ask(session, actor=acting(), at=now())
        session.commit()
        if job is None:
            flash(_("还没有医师在系统中参加测评，没有可以统计的作答。"), "info")
            return redirect(url_for("QuestionView.list"))
        return lead_to(job, _("正在统计作答，完成后题库列表和试题页面显示结果。"))

    @expose("/show/<int:pk>")
    @protected("show")
    def show(self, pk: int) -> Any:
        """Draw a question as an examinee sees it, with key and history."""
        question = self.found(pk)
        offers = QUESTION.available(db.session(), question, actor=acting(), at=now())
        found = bodies.live_steps(QUESTION, pk, question.status, offers)
        if self.may("edit") and question.status is QuestionStatus.DRAFT:
            found.insert(0, link("edit", _l("编辑"), url_for("QuestionView.edit", pk=pk)))
        entries = trail.of_subject(db.session(), subject="question", subject_id=pk)
        drawn = {
            "status": (question.status.label, cells.tone(question.status)),
            "question": question,
            "letters": LETTERS,
            "groups": [(_("试题"), _facts(question))],
            "figures": figures_of(question, LETTERS),
            "figure_words": WORDS,
            "timeline": casefacts.timeline(entries),
            "actions": found if self.may("edit") else [],
            "back_url": url_for("QuestionView.list"),
        }
        return page("question/show.html", title=question.code, crumbs=self.crumbs(), page=drawn)

    @expose("/image/<int:pk>")
    @protected("show")
    def image(self, pk: int) -> Any:
        """Send the picture of a question."""
        found = db.session.scalars(
            select(QuestionImage)
            .where(QuestionImage.question_id == pk)
            .options(undefer(QuestionImage.content))
        ).first()
        if found is None:
            raise NotFound
        return picture(found.content)

    @expose("/add", methods=["GET", "POST"])
    @protected("add")
    def add(self) -> Any:
        """Draw the empty form, or add a question."""
        if not is_province():
            raise Forbidden
        return super().add()

    def create(self, form: Any) -> Question:
        """Add a question with its picture."""
        session, actor, at = db.session(), acting(), now()
        owner = session.get_one(Authority, actor.authority_id)
        question = questions.create(session, form.facts(), owner=owner, actor=actor, at=at)
        _take_image(question, form)
        return question

    @expose("/edit/<int:pk>", methods=["GET", "POST"])
    @protected("edit")
    def edit(self, pk: int) -> Any:
        """Draw the form of a question, or store what was sent."""
        question = self.found(pk)
        form = QuestionForm()
        if request.method == "GET":
            form.show(questions.facts_of(question), version=question.version)
        elif form.validate():
            if self._stored(form, lambda: _change(question, form)):
                flash(_("保存成功。请由另一人审定。"), "success")
                return redirect(url_for("QuestionView.show", pk=pk))
        return self._form(form, title=_("编辑试题%(code)s", code=question.code))


def _change(question: Question, form: Any) -> bool:
    facts: QuestionFacts = form.facts()
    version = row_number(form.version.data) or 0
    session, actor, at = db.session(), acting(), now()
    questions.change(session, question, facts, version=version, actor=actor, at=at)
    _take_image(question, form)
    return True


def _take_image(question: Question, form: Any) -> None:
    sent = form.image.data
    if not sent or not getattr(sent, "filename", ""):
        return
    questions.set_image(
        db.session(),
        question,
        filename=sent.filename,
        content=sent.read(),
        actor=acting(),
        at=now(),
    )


def _practice_buttons() -> list[Action]:
    confirm = _l("练习题连同答案向本省医师公开，不再用于组卷。确定要将所选试题设为练习题吗？")
    return [
        actions.post("practise", _l("设为练习题"), url_for("QuestionView.practise", wanted=1), confirm=confirm),
        actions.post("unpractise", _l("取消练习题"), url_for("QuestionView.practise", wanted=0)),
    ]  # fmt: skip


def _facts(question: Question) -> list[tuple[Any, Any]]:
    everybody = _("通用")
    return [
        (_("题型"), question.kind.label),
        (_("测评科目"), _(question.paper)),
        (_("执业类别"), question.category.label if question.category else everybody),
        (_("医师级别"), question.level.label if question.level else everybody),
        (_("专业"), question.specialty or "—"),
        (_("知识点"), question.point),
        (_("难度"), question.difficulty.label),
        (_("题组编号"), question.group.code if question.group else "—"),
        (_("来源"), question.source or "—"),
        (_("命题人"), question.written_by),
        (_("审题人"), question.reviewed_by or "—"),
    ]
