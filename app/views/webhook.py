"""状态推送: addresses of the body's systems that are told when a participation or a case moves."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.exc import NoResultFound
from wtforms import BooleanField, SelectChoice, SelectMultipleField
from wtforms.validators import InputRequired

from app.enums import DeliveryState, WebhookEvent
from app.extensions import db
from app.models import WebhookDelivery, WebhookEndpoint
from app.operations.webhooks import WebhookRefused, create_endpoint, resend, update_endpoint
from app.queries import trail, webhooks
from app.queries.listing import Column, Listing
from app.views import bodies, cells
from app.views.actions import Action, post
from app.views.base import EntityView, Interface, acting, expose, page, protected
from app.views.clock import now
from app.views.listpages import RowView


class NewWebhookForm(FlaskForm):
    """新增推送地址."""

    url = bodies.text(
        _l("推送地址"), required=True, longest=500,
        description=_l("https:// 开头的公网地址；不向内网地址推送。"),
    )  # fmt: skip
    events = SelectMultipleField(_l("推送内容"), [InputRequired(_l("请至少选择一种推送内容。"))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.events.choices = [SelectChoice(e.name, e.label) for e in WebhookEvent]

    @property
    def chosen(self) -> list[WebhookEvent]:
        """What is told."""
        return [WebhookEvent[name] for name in self.events.data or ()]


class WebhookForm(NewWebhookForm):
    """修改推送地址."""

    is_active = BooleanField(_l("启用"), description=_l("停用期间的推送留待启用后发送。"))


class WebhookView(EntityView):
    """The addresses of the actor's body, each with its last notices."""

    datamodel = Interface(WebhookEndpoint)
    route_base = "/webhooks"
    name = _l("状态推送")
    group = _l("系统管理")
    new_label = _l("新增推送地址")
    abilities = frozenset({"list", "show", "add", "edit", "export"})
    add_form = NewWebhookForm
    edit_form = WebhookForm

    def listing(self) -> Listing:
        """Give the addresses; a secret is in no column."""
        w = WebhookEndpoint
        return Listing(
            anchor=w,
            columns=(
                Column(name="url", label=_l("推送地址"), expression=w.url),
                Column(
                    name="events", label=_l("推送内容"), expression=w.events,
                    show=_events, plain=_events,
                ),
                Column(name="is_active", label=_l("启用"), expression=w.is_active),
                Column(name="created_at", label=_l("创建时间"), expression=w.created_at),
            ),
        )  # fmt: skip

    @expose("/add", methods=["GET", "POST"])
    @protected("add")
    def add(self) -> Any:
        """Draw the empty form, or store the address and show its secret once."""
        form = self.add_form()
        if request.method == "POST" and form.validate():
            done = self._stored(form, lambda: self._subscribe(form))
            if done is not None:
                drawn = {
                    "facts": [(_("推送地址"), form.url.data), (_("签名密钥"), done.secret)],
                    "warning": _("签名密钥只在本页显示一次，请保存到接收方，用于核对签名。"),
                    "back_url": url_for(f"{self.endpoint}.list"),
                }
                return page(
                    "secret.html", title=_("推送地址已新增"), crumbs=self.crumbs(), page=drawn
                )
        return self._form(form, title=self.new_label)

    def _subscribe(self, form: NewWebhookForm) -> Any:
        return create_endpoint(
            db.session(), url=form.url.data, events=form.chosen, actor=acting(), at=now()
        )

    def prefill(self, form: Any, item: Any) -> None:
        """Tick what the address is told of."""
        if item is not None:
            form.events.data = [e.name for e in WebhookEvent if e.code in item.events.split()]

    def update(self, item: Any, form: Any) -> None:
        """Store the changes."""
        update_endpoint(
            db.session(),
            item,
            url=form.url.data,
            events=form.chosen,
            is_active=bool(form.is_active.data),
            actor=acting(),
            at=now(),
        )

    @expose("/show/<int:pk>")
    @protected("show")
    def show(self, pk: int) -> Any:
        """Draw an address with its last notices."""
        item = self.found(pk)
        facts = [
            (_l("推送地址"), item.url),
            (_l("推送内容"), _events(item.events)),
            (_l("启用"), item.is_active),
            (_l("创建时间"), item.created_at),
        ]
        drawn = {
            "groups": [(None, [(label, cells.shown(value)) for label, value in facts])],
            "actions": self.show_actions(item),
            "back_url": url_for(f"{self.endpoint}.list"),
            "notices": self._notices(pk),
        }
        return page("webhook/show.html", title=str(item), crumbs=self.crumbs(), page=drawn)

    def _notices(self, pk: int) -> dict[str, Any]:
        rows = webhooks.last_notices(db.session(), endpoint_id=pk)
        labels = (_l("对象"), _l("状态变化"), _l("时间"), _l("推送状态"), _l("次数"), _l("结果"))
        return {
            "title": _("最近推送"),
            "columns": [("", label, None, None, "") for label in labels],
            "rows": [RowView(row.id, row.id, _notice(row), self._row_actions(row)) for row in rows],
        }

    def _row_actions(self, row: WebhookDelivery) -> list[Action]:
        if not self.may("resend") or row.state is DeliveryState.WAITING:
            return []
        url = url_for(f"{self.endpoint}.resend", pk=row.id)
        return [post("resend", _l("重新发送"), url)]

    @expose("/resend/<int:pk>", methods=["POST"])
    @protected("resend")
    def resend(self, pk: int) -> Any:
        """Make an ended notice due again."""
        row = webhooks.notice(db.session(), pk)
        if row is None:
            raise NoResultFound
        back = url_for(f"{self.endpoint}.show", pk=row.endpoint_id)
        try:
            resend(db.session(), row, actor=acting(), at=now())
            db.session.commit()
        except WebhookRefused as refusal:
            db.session.rollback()
            flash(str(refusal.message), "danger")
        else:
            flash(_("已列入待发送，将在下次推送时发送。"), "success")
        return redirect(back)


def _notice(row: WebhookDelivery) -> list[Any]:
    def word(state: str) -> str | None:
        return trail.state_word(f"{row.subject}:{state}")

    return [
        trail.about_words(f"{row.subject}:{row.subject_id}"),
        f"{word(row.from_status)} → {word(row.to_status)}",
        cells.shown(row.at),
        cells.shown(row.state),
        row.attempts,
        row.outcome or "",
    ]


def _events(value: str) -> str:
    known = {event.code: event for event in WebhookEvent}
    return "、".join(str(known[code].label) for code in value.split())
