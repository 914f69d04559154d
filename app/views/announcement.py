"""公告: authorities write and publish, everybody below reads; 必读 ones stop a person until read."""

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import case
from werkzeug.exceptions import Forbidden
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from app.enums import Audience, Role
from app.extensions import db
from app.models import Announcement, Authority
from app.operations import announcements
from app.operations.announcements import NOT_DRAFT, NOT_PUBLISHED
from app.queries import announcements as board
from app.queries.listing import Column, Listing
from app.views import announcement_words, cells, paths
from app.views.actions import Action, link, post
from app.views.base import EntityView, Interface, acting, expose, page, protected
from app.views.clock import now
from app.views.converter import VocabularyField
from app.views.errors import ANTICIPATED, message_of
from app.views.filters import Filter, contains, one_of

LONGEST = 20_000


class AnnouncementForm(FlaskForm):
    """新增公告 and 编辑公告."""

    title = StringField(_l("标题"), [DataRequired(), Length(max=200)])
    audience = VocabularyField(
        _l("发布对象"), Audience, validators=[InputRequired()], default=Audience.ALL
    )
    must_read = BooleanField(_l("必读：登录后须先阅读并确认"))
    body = TextAreaField(_l("正文"), [DataRequired(), Length(max=LONGEST)], render_kw={"rows": 14})


class AnnouncementView(EntityView):
    """The announcements in the actor's scope, the latest first."""

    datamodel = Interface(Announcement)
    route_base = "/announcements"
    name = _l("公告")
    new_label = _l("新增公告")
    abilities = frozenset({"list", "show", "export", "add", "edit"})
    add_form = AnnouncementForm
    edit_form = AnnouncementForm

    def listing(self) -> Listing:
        """Give what is announced; authors see drafts and what was withdrawn as well."""
        a = Announcement
        state = (
            announcement_words.state()
            if acting().role is Role.AUTHORITY
            else announcement_words.reading(board.read_by(acting().account_id))
        )
        return Listing(
            anchor=a,
            columns=(
                Column(name="title", label=_l("标题"), expression=a.title),
                Column(name="authority", label=_l("发布单位"), expression=Authority.name),
                Column(name="audience", label=_l("发布对象"), expression=a.audience),
                Column(name="must_read", label=_l("必读"), expression=a.must_read),
                Column(name="published", label=_l("发布时间"), expression=a.published_at),
                state,
            ),
            details=lambda s: s.join(Authority, Authority.id == Announcement.authority_id),
            order=(
                case((a.published_at.is_(None), 0), else_=1),
                a.published_at.desc(),
                a.id.desc(),
            ),
        )

    def filters(self) -> Any:
        """Filter by title and audience."""
        a = Announcement
        return (
            Filter(name="title", label=_l("标题"), kind="text", build=contains(a.title)),
            Filter(
                name="audience", label=_l("发布对象"), kind="choice",
                build=one_of(a.audience, Audience), choices=Audience.choices,
            ),
        )  # fmt: skip

    def row_actions(self, row: Any) -> list[Action]:
        """Give 查看; what an author may do is on the page itself."""
        return [link("show", _l("查看"), paths.to("AnnouncementView.show", pk=row.pk))]

    @expose("/show/<int:pk>")
    @protected("show")
    def show(self, pk: int) -> Any:
        """Draw an announcement; authors see who has read it."""
        item = self.found(pk)
        drawn = _drawn(item)
        session, actor = db.session(), acting()
        drawn["actions"] = (
            self._author_actions(item)
            if announcements.objection(item, actor=actor) is None
            else _reader_actions(item)
        )
        if announcements.objection(item, actor=actor) is None and item.published_at is not None:
            drawn["counts"] = board.counts(session, item)
            drawn["readers_url"] = url_for("AnnouncementReadingView.list", announcement=str(pk))
        drawn["back_url"] = url_for("AnnouncementView.list")
        return page("announcement/show.html", title=item.title, crumbs=self.crumbs(), page=drawn)

    def _author_actions(self, item: Announcement) -> list[Action]:
        is_draft = item.published_at is None
        closed = None if is_draft else NOT_DRAFT
        pk = item.id
        found = [link("edit", _l("编辑"), paths.to("AnnouncementView.edit", pk=pk), closed=closed)]
        if is_draft:
            found.append(
                post(
                    "publish", _l("发布"), paths.to("AnnouncementView.publish", pk=pk),
                    tone="primary", confirm=_l("发布后不能修改，只能撤回。确定要发布吗？"),
                )
            )  # fmt: skip
        else:
            found.append(
                post(
                    "withdraw", _l("撤回"), paths.to("AnnouncementView.withdraw", pk=pk),
                    tone="danger", confirm=_l("撤回后各单位和人员不再看到该公告。确定要撤回吗？"),
                    closed_reason=None if board.is_in_force(item) else NOT_PUBLISHED,
                )
            )  # fmt: skip
        return found

    @expose("/edit/<int:pk>", methods=["GET", "POST"])
    @protected("edit")
    def edit(self, pk: int) -> Any:
        """Draw the form of an own draft, or store what was sent."""
        item = self._own(pk)
        if item.published_at is not None:
            flash(str(NOT_DRAFT), "danger")
            return redirect(url_for("AnnouncementView.show", pk=pk), code=303)
        return super().edit(pk)

    @expose("/publish/<int:pk>", methods=["POST"])
    @protected("publish")
    def publish(self, pk: int) -> Any:
        """Show it to its audience from now on."""
        return self._moved(pk, announcements.publish, _("公告已发布。"))

    @expose("/withdraw/<int:pk>", methods=["POST"])
    @protected("publish")
    def withdraw(self, pk: int) -> Any:
        """Take it from its audience."""
        return self._moved(pk, announcements.withdraw, _("公告已撤回。"))

    def _moved(self, pk: int, move: Any, done: str) -> Any:
        try:
            move(db.session(), self._own(pk), actor=acting(), at=now())
            db.session.commit()
            flash(done, "success")
        except ANTICIPATED as error:
            db.session.rollback()
            flash(message_of(error) or "", "danger")
        return redirect(url_for("AnnouncementView.show", pk=pk), code=303)

    @expose("/must-read")
    @protected("confirm")
    def must_read(self) -> Any:
        """Draw the oldest 必读 announcement that is not confirmed, or go on."""
        actor = acting()
        item = board.unconfirmed(
            db.session(),
            account_id=actor.account_id,
            authority_path=actor.authority_path,
            authority_id=actor.authority_id,
        )
        if item is None:
            return redirect("/", code=303)
        drawn = _drawn(item) | {"confirm_url": url_for("AnnouncementView.confirm", pk=item.id)}
        return page("announcement/must_read.html", title=item.title, page=drawn)

    @expose("/confirm/<int:pk>", methods=["POST"])
    @protected("confirm")
    def confirm(self, pk: int) -> Any:
        """已阅读: remember it and go on to the next one, or home."""
        item = self.found(pk)
        if not _is_told(item):
            raise Forbidden
        is_forced = item.must_read
        announcements.confirm(db.session(), item, actor=acting(), at=now())
        db.session.commit()
        if is_forced:
            return redirect(url_for("AnnouncementView.must_read"), code=303)
        flash(_("已记录您已阅读该公告。"), "success")
        return redirect(url_for("AnnouncementView.show", pk=pk), code=303)

    def create(self, form: Any) -> Announcement:
        """Store a draft."""
        return announcements.draft(db.session(), **_facts(form), actor=acting(), at=now())

    def update(self, item: Any, form: Any) -> None:
        """Store changes of a draft."""
        announcements.rewrite(db.session(), item, **_facts(form), actor=acting(), at=now())

    def _own(self, pk: int) -> Announcement:
        item: Announcement = self.found(pk)
        if announcements.objection(item, actor=acting()) is not None:
            raise Forbidden
        return item


def _facts(form: Any) -> dict[str, Any]:
    return {name: form[name].data for name in ("title", "body", "audience", "must_read")}


def _drawn(item: Announcement) -> dict[str, Any]:
    return {
        "body": item.body,
        "must_read": item.must_read,
        "authority": item.authority.name,
        "audience": item.audience.label,
        "published": cells.shown(item.published_at),
        "withdrawn": cells.shown(item.withdrawn_at),
        "is_draft": item.published_at is None,
    }


def _is_told(item: Announcement) -> bool:
    actor = acting()
    return (
        board.is_in_force(item)
        and item.authority_path in board.line(actor.authority_path)
        and item.authority_id != actor.authority_id
    )


def _reader_actions(item: Announcement) -> list[Action]:
    if not _is_told(item):
        return []  # an authority looks at what an office below it has written
    if board.has_read(db.session(), item, account_id=acting().account_id):
        return [link("confirm", _l("已阅读"), "", closed=_l("您已确认阅读该公告。"))]
    url = paths.to("AnnouncementView.confirm", pk=item.id)
    return [post("confirm", _l("已阅读"), url, tone="primary")]
