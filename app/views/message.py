"""消息: one's own inbox and how one wants it. Opening a message reads it and leads on."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import case

from app.enums import MessageKind
from app.extensions import db
from app.models import Message
from app.operations import messages
from app.queries import messages as inbox
from app.queries.listing import Column, Listing, Tab
from app.views import cells, paths
from app.views.access import acting
from app.views.actions import Action, link, post
from app.views.base import EntityView, Interface, expose, page, protected
from app.views.clock import now
from app.views.filters import Filter, one_of
from app.views.language import own_path
from app.views.message_form import PreferenceForm
from app.views.sessions import visitor

_STATES = {True: ("wait", _l("未读")), False: ("plain", _l("已读"))}


def _state(is_unread: bool) -> Markup:
    tone, word = _STATES[bool(is_unread)]
    return Markup('<span class="chip {}">{}</span>').format(f"tone-{tone}", word)


class MessageView(EntityView):
    """The messages of the own account, unread ones first."""

    datamodel = Interface(Message)
    route_base = "/messages"
    name = _l("消息")
    abilities = frozenset({"list", "export"})

    def listing(self) -> Listing:
        """Give the own messages."""
        m = Message
        is_unread = m.read_at.is_(None)
        return Listing(
            anchor=m,
            columns=(
                Column(name="at", label=_l("时间"), expression=m.created_at),
                Column(
                    name="unread", label=_l("状态"), expression=is_unread, show=_state,
                    plain=lambda unread: str(_STATES[bool(unread)][1]),
                ),
                Column(name="kind", label=_l("类别"), expression=m.kind),
                _said("title", _l("标题"), m.title),
                _said("body", _l("内容"), m.body),
            ),
            tabs=(
                Tab(name="all", label=_l("全部消息"), criterion=m.id.is_not(None)),
                Tab(name="unread", label=_l("未读"), criterion=is_unread),
            ),
            order=(case((is_unread, 0), else_=1), m.id.desc()),
        )  # fmt: skip

    def filters(self) -> Any:
        """Filter by kind."""
        return (
            Filter(
                name="kind", label=_l("类别"), kind="choice",
                build=one_of(Message.kind, MessageKind), choices=MessageKind.choices,
            ),
        )  # fmt: skip

    def row_actions(self, row: Any) -> list[Action]:
        """Give 查看, which marks the message as read."""
        return [post("open", _l("查看"), paths.to("MessageView.open", pk=row.pk))]

    def toolbar(self) -> list[Action]:
        """Give 全部标为已读 and 消息设置."""
        closed = None if visitor().unread else _l("没有未读消息。")
        read = post("read_all", _l("全部标为已读"), paths.to("MessageView.read_all"))
        if closed is not None:
            read = link("read_all", _l("全部标为已读"), "", closed=closed)
        return [read, link("prefer", _l("消息设置"), paths.to("MessageView.prefer"))]

    @expose("/open/<int:pk>", methods=["POST"])
    @protected("read")
    def open(self, pk: int) -> Any:
        """Mark as read and go where the message leads, or to its text.

        An account with several identities sees the text first: the page that the message leads to
        may be another identity's.
        """
        item = self.found(pk)
        target = item.link
        messages.read(db.session(), item, at=now())
        db.session.commit()
        if target and visitor().identities < 2:
            return redirect(own_path(target), code=303)
        return redirect(url_for("MessageView.text", pk=pk), code=303)

    @expose("/text/<int:pk>")
    @protected("read")
    def text(self, pk: int) -> Any:
        """Draw one message."""
        item = self.found(pk)
        facts = [
            (_("时间"), cells.shown(item.created_at)),
            (_("类别"), item.kind.label),
            (_("内容"), inbox.words(item.body)),
        ]
        actions = []
        if item.link:
            actions.append(link("go", _l("前往办理"), own_path(item.link), tone="primary"))
        drawn = {"groups": [(None, facts)], "actions": actions}
        drawn["back_url"] = url_for("MessageView.list")
        title = inbox.words(item.title)
        return page("show.html", title=title, crumbs=self.crumbs(), page=drawn)

    @expose("/read-all", methods=["POST"])
    @protected("read")
    def read_all(self) -> Any:
        """Mark every unread message as read."""
        number = messages.read_all(db.session(), account_id=_own_id(), at=now())
        db.session.commit()
        flash(_("已将%(n)s条消息标为已读。", n=number), "success")
        return redirect(url_for("MessageView.list"), code=303)

    @expose("/preferences", methods=["GET", "POST"])
    @protected("prefer")
    def prefer(self) -> Any:
        """Draw how one wants messages, or store it."""
        session, account_id = db.session(), _own_id()
        form = PreferenceForm()
        if request.method == "GET":
            form.fill(
                inbox.preferences(session, account_id=account_id),
                inbox.address(session, account_id=account_id),
            )
        elif form.validate() and self._stored(form, lambda: _prefer(form, account_id)):
            flash(_("保存成功。"), "success")
            return redirect(url_for("MessageView.list"), code=303)
        drawn = {
            "form": form,
            "cancel_url": url_for("MessageView.list"),
            "help": _(
                "驳回、退回和账号安全类消息，以及必读公告，始终在系统内显示。"
                "邮件只提示有新消息，不含具体内容。"
            ),
            "narrow": True,
        }
        return page("form.html", title=_("消息设置"), crumbs=self.crumbs(), page=drawn)


def _said(name: str, label: Any, expression: Any) -> Column:
    return Column(
        name=name, label=label, expression=expression, show=inbox.words, plain=inbox.words
    )


def _own_id() -> int:
    return acting().account_id or 0


def _prefer(form: Any, account_id: int) -> bool:
    messages.prefer(
        db.session(),
        account_id=account_id,
        in_app=form.in_app.kinds,
        by_mail=form.by_mail.kinds,
        address=form.address.data or "",
        language=form.language.data,
    )
    return True
