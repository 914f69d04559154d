"""练习: one question after another, judged at once, with the explanation; nothing of it is kept."""

import secrets
from typing import Any

from flask import redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound

from app.extensions import db
from app.models import Physician, Question
from app.operations import practice
from app.views.base import PageView, acting, expose, page, protected
from app.views.pictures import picture
from app.views.question import LETTERS
from app.views.rownumbers import row_number

_CRUMBS = ((_l("参加测评"), "/exam/"),)


class PracticeView(PageView):
    """The physician's practice."""

    route_base = "/practice"

    @expose("/")
    @protected("use")
    def index(self) -> Any:
        """Choose a 测评科目, or go on to one of its questions at random."""
        me = _me()
        papers = practice.papers(db.session(), me)
        asked = request.args.get("paper", "")
        if asked in papers:
            others = [pk for pk in practice.ids(db.session(), me, asked) if str(pk) != _last()]
            if others:
                return redirect(url_for("PracticeView.question", pk=secrets.choice(others)))
        drawn = {"papers": [(word, url_for("PracticeView.index", paper=word)) for word in papers]}
        return page("practice/index.html", title=_("练习"), crumbs=_CRUMBS, page=drawn)

    @expose("/question/<int:pk>", methods=["GET", "POST"])
    @protected("use")
    def question(self, pk: int) -> Any:
        """Show a question; an answer is judged at once."""
        found = _found(pk)
        judged = None
        if request.method == "POST":
            judged = practice.judge(found, request.form.getlist("answer"))
        drawn = {
            "question": found,
            "letters": LETTERS,
            "several": found.kind.name == "X",
            "judged": judged,
            "image_url": url_for("PracticeView.image", pk=pk) if found.image else None,
            "next_url": url_for("PracticeView.index", paper=found.paper, last=pk),
        }
        title = _("练习：%(paper)s", paper=_(found.paper))
        return page("practice/question.html", title=title, crumbs=_CRUMBS, page=drawn)

    @expose("/image/<int:pk>")
    @protected("use")
    def image(self, pk: int) -> Any:
        """Send the picture of a practice question."""
        found = _found(pk)
        if found.image is None:
            raise NotFound
        return picture(found.image.content)


def _me() -> Physician:
    return db.session.get_one(Physician, acting().physician_id)


def _found(pk: int) -> Question:
    found = practice.find(db.session(), _me(), pk)
    if found is None:
        raise NotFound
    return found


def _last() -> str:
    return str(row_number(request.args.get("last")) or "")
