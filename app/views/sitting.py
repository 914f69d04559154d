"""参加测评: the physician's own papers, the check before, the page they are sat on, and after it."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound

from app.dashboards import physician
from app.enums import PaperStatus
from app.extensions import db
from app.models import Paper, Sitting
from app.operations import papers, portraits, sittings
from app.queries import cycles
from app.refusals import Refusal
from app.security.id_numbers import mask_id_number
from app.views import cells, sitting_words
from app.views.base import PageView, acting, expose, page, protected
from app.views.clock import now
from app.views.errors import message_of
from app.views.pictures import picture
from app.views.question import LETTERS
from app.views.rownumbers import row_number
from app.views.typed import stripped
from app.workflows.paper import PAPER

LONGEST_STATEMENT = 1000
_CRUMBS = ((_l("参加测评"), "/exam/"),)


class SittingView(PageView):
    """The physician's own papers and sittings."""

    route_base = "/exam"

    @expose("/")
    @protected("use")
    def index(self) -> Any:
        """List the papers with when, how long, and a button or why there is none."""
        desk = physician.desk(db.session(), actor=acting())
        own = papers.of_case(db.session(), desk.case) if desk.case is not None else []
        drawn = {
            "reason": None if own else _why_none(desk),
            "papers": [sitting_words.paper(paper, actor=acting(), at=now()) for paper in own],
        }
        return page("sitting/index.html", title=_l("参加测评"), page=drawn)

    @expose("/prepare/<int:pk>", methods=["GET", "POST"])
    @protected("use")
    def prepare(self, pk: int) -> Any:
        """Show the rules, check the device, and begin."""
        paper = _own_paper(pk)
        if paper.status is PaperStatus.SITTING:
            return redirect(url_for("SittingView.sit", pk=_current(paper).id))
        if request.method == "POST":
            if request.form.get("accepts") != "1":
                flash(_("请先阅读并同意测评规则。"), "danger")
            else:
                begun = _begin(paper)
                if begun is not None:
                    return redirect(url_for("SittingView.sit", pk=begun))
        drawn = self._check(paper)
        return page("sitting/prepare.html", title=_("测评准备"), crumbs=_CRUMBS, page=drawn)

    def _check(self, paper: Paper) -> dict[str, Any]:
        person = paper.assessment.physician
        rules = cycles.rules(paper.assessment.cycle)
        shown = sitting_words.paper(paper, actor=acting(), at=now())
        return {
            "paper": shown,
            "facts": [
                (_("姓名"), person.name),
                (_("证件号码"), mask_id_number(person.id_number)),
                (_("医疗卫生机构"), paper.assessment.institution.name),
                (_("试卷名称"), shown["name"]),
                (_("测评时长（分钟）"), shown["minutes"]),
                (_("测评时间"), shown["when"]),
            ],
            "photo_url": (
                url_for("PortraitView.see", pk=person.id)
                if portraits.exists(db.session(), person.id)
                else None
            ),
            "needs_camera": rules.snapshot_seconds > 0,
            "photo_days": rules.photo_days,
        }

    @expose("/<int:pk>")
    @protected("use")
    def sit(self, pk: int) -> Any:
        """Draw the page of a sitting that goes on; one that has ended shows what came of it."""
        sitting = own_sitting(pk)
        if sitting.sheet.closed_at is not None:
            return redirect(url_for("SittingView.after", pk=pk))
        rules = cycles.rules(sitting.assessment.cycle)
        questions = sittings.shown(db.session(), sitting)
        person = sitting.assessment.physician
        return page(
            "sitting/sit.html",
            title=_("%(paper)s测评", paper=_(sitting.paper.name)),
            page={
                "pk": pk,
                "name": person.name,
                "id_number": mask_id_number(person.id_number),
                "questions": questions,
                "letters": LETTERS,
                "marks": sum(one.marks for one in questions),
                "snapshot_seconds": rules.snapshot_seconds,
            },
        )

    @expose("/<int:pk>/image")
    @protected("use")
    def image(self, pk: int) -> Any:
        """Send the picture of a question of one's own paper, while it is sat."""
        sitting = own_sitting(pk)
        question = row_number(request.args.get("question")) or 0
        content = sittings.image(db.session(), sitting, question)
        if content is None or sitting.sheet.closed_at is not None:
            raise NotFound
        return picture(content)

    @expose("/<int:pk>/hand-in", methods=["POST"])
    @protected("use")
    def hand_in(self, pk: int) -> Any:
        """Hand a sitting in; one that has ended meanwhile shows what came of it."""
        sitting = own_sitting(pk)
        if sitting.sheet.closed_at is None:
            PAPER.fire(db.session(), sitting.paper_id, "hand_in", actor=acting(), at=now())
            db.session.commit()
        return redirect(url_for("SittingView.after", pk=pk))

    @expose("/<int:pk>/after", methods=["GET", "POST"])
    @protected("use")
    def after(self, pk: int) -> Any:
        """Show how a sitting ended and, where the rules allow, its score; take a statement."""
        sitting = own_sitting(pk)
        if sitting.sheet.closed_at is None:
            return redirect(url_for("SittingView.sit", pk=pk))
        typed = sitting.statement or ""
        if request.method == "POST":
            typed = stripped(request.form.get("statement")) or ""
            if len(typed) <= LONGEST_STATEMENT:
                sitting.statement, sitting.stated_at = typed or None, now()
                db.session.commit()
                flash(_("情况说明已保存，监考人员可以看到。"), "success")
                return redirect(url_for("SittingView.after", pk=pk))
            flash(_("情况说明不能超过%(n)s字。", n=LONGEST_STATEMENT), "danger")
        drawn = {
            "facts": _outcome(sitting),
            "score": score_of(sitting),
            "result": sitting.paper.result.label
            if _is_told(sitting) and sitting.paper.result
            else None,
            "statement": typed,
            "longest": LONGEST_STATEMENT,
        }
        return page("sitting/after.html", title=_("已交卷"), crumbs=_CRUMBS, page=drawn)


def own_sitting(pk: int) -> Sitting:
    """Read a sitting of the acting physician.

    :raises NotFound: there is none.
    """
    found = db.session.get(Sitting, pk)
    if found is None:
        raise NotFound
    return found


def _own_paper(pk: int) -> Paper:
    found = db.session.get(Paper, pk)
    if found is None:
        raise NotFound
    return found


def _current(paper: Paper) -> Sitting:
    found = sittings.current(db.session(), paper.id)
    if found is None:
        raise NotFound
    return found


def _begin(paper: Paper) -> int | None:
    session, pk = db.session(), paper.id
    try:
        PAPER.fire(session, pk, "begin", actor=acting(), at=now())
        session.commit()
    except Refusal as refusal:
        session.rollback()
        flash(message_of(refusal) or "", "danger")
        return None
    return _current(session.get_one(Paper, pk)).id


def _why_none(desk: physician.Desk) -> Any:
    if desk.why_closed is not None:
        return desk.why_closed
    return _l("您目前没有需要参加的测评。复核通过后，需要参加的科目会显示在这里。")


def _is_told(sitting: Sitting) -> bool:
    """Say whether the examinee may know the score: the rules say when."""
    paper = sitting.paper
    if paper.is_held or paper.status in (PaperStatus.SITTING, PaperStatus.HANDED_IN):
        return False
    return sitting_words.shows_score(paper)


def score_of(sitting: Sitting) -> str | None:
    """Give the score of a sitting as its examinee may see it, or None."""
    return papers.shown(sitting.sheet.score_tenths) if _is_told(sitting) else None


def _outcome(sitting: Sitting) -> list[tuple[Any, Any]]:
    sheet = sitting.sheet
    answered = sum(1 for stored in sheet.answers.values() if stored[1])
    assert sheet.ending is not None
    return [
        (_("试卷名称"), _(sitting.paper.name)),
        (_("开始时间"), cells.shown(sitting.begun_at)),
        (_("交卷时间"), cells.shown(sheet.closed_at)),
        (_("交卷方式"), sheet.ending.label),
        (_("已答题数"), _("%(n)s/%(all)s", n=answered, all=len(sitting.places))),
    ]
