"""What the pages of authorities, institutions and agencies share: steps, first accounts, resets."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import NoResultFound
from wtforms import Field, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from app.enums import AuthorityLevel, Role
from app.extensions import db
from app.models import Account, Authority, Identity
from app.operations import accounts
from app.operations.accounts import AccountRefused, Created
from app.operations.body_changes import change_body
from app.operations.identities import Body
from app.operations.initial_passwords import INITIAL_PASSWORD, InitialMode, initial_mode
from app.queries import accounts as account_rows
from app.queries import authorities
from app.views.actions import Action, post, step, steps
from app.views.base import EntityView, acting, expose, page, protected
from app.views.clock import now
from app.views.rownumbers import row_number
from app.views.stepgate import may_take
from app.views.typed import stripped_or_none
from app.workflows.engine import Offer, Workflow

Groups = tuple[tuple[Any, tuple[str, ...]], ...]
PROVINCIAL = frozenset({AuthorityLevel.PROVINCE, AuthorityLevel.CITY, AuthorityLevel.COUNTY})
RESET_ASK = _l("确定要重置密码吗？重置后该账号的登录全部退出，须凭新的初始密码登录并设置密码。")


@dataclass(frozen=True, slots=True)
class Handover:
    """What is told once to the one who opened or reset an account; the code is kept nowhere."""

    username: str
    name: str
    body: str
    code: str | None

    def __str__(self) -> str:
        return self.name


def mode() -> InitialMode:
    """Give what opens an account in the initial state, in this installation."""
    setting, profile = current_app.config["INITIAL_PASSWORD_MODE"], current_app.config["PROFILE"]
    return initial_mode(setting, profile=profile)


def handed_over(told: Handover, *, title: Any, crumbs: Any, back_url: str) -> str:
    """Draw the page that tells what opens an account: once, for it cannot be asked again."""
    drawn = {
        "told": told,
        "is_code": told.code is not None,
        "secret": told.code or INITIAL_PASSWORD,
        "back_url": back_url,
    }
    return page("account/handover.html", title=title, crumbs=crumbs, page=drawn)


def reset_answer(identity_id: int, *, crumbs: Any, back_url: str) -> Any:
    """重置密码 of whoever the actor may reset, and the page that tells the result once.

    :raises NoResultFound: nobody the actor may reset.
    """
    session, actor = db.session(), acting()
    try:
        identity = accounts.resettable(session, identity_id, actor=actor)
        told = _told(identity)
        code = accounts.reset_password(
            session, identity.account_id, actor=actor, at=now(), mode=mode()
        )
        db.session.commit()
    except AccountRefused as refusal:
        db.session.rollback()
        flash(str(refusal.message), "danger")
        return redirect(back_url)
    told = Handover(told.username, told.name, told.body, code)
    return handed_over(told, title=_("重置密码"), crumbs=crumbs, back_url=back_url)


def _told(identity: Identity) -> Handover:
    row = account_rows.found(db.session(), identity.id)
    return Handover(row.username or "", row.name, row.body or "", None)


def open_account(*, username: str, name: str, role: Role, body: Body | None) -> Created:
    """Open an account in the initial state for a body of the actor's area."""
    return accounts.create_account(
        db.session(),
        username=username,
        name=name,
        role=role,
        body=body,
        actor=acting(),
        at=now(),
        mode=mode(),
    )


def told(created: Created, body: Any) -> Handover:
    """Remember what the answer page needs before the transaction ends."""
    account: Account = created.account
    return Handover(account.username, account.first_name, str(body or ""), created.code)


def row_steps(workflow: Workflow, pk: int, status: Any, *, closed: Any = None) -> list[Action]:
    """Make the buttons of a listed row from its status alone: guards are asked when it is taken."""
    role = acting().role
    if not may_take(workflow.name):
        return []
    return [
        step(workflow.name, pk, Offer(t.button, t.label, closed, t.needs_comment, t.tone))
        for t in workflow.transitions
        if role in t.roles and status in t.sources
    ]


def live_steps(workflow: Workflow, pk: int, status: Any, offers: Iterable[Offer]) -> list[Action]:
    """Make the buttons of a row's page: the steps that its status has, with why one is closed."""
    live = {one.button for one in workflow.transitions if status in one.sources}
    return steps(workflow.name, pk, [one for one in offers if one.action in live])


def text(label: Any, *rules: Any, required: bool = False, longest: int = 255, **more: Any) -> Field:
    """Make a text field whose blanks are cut off; an empty one is None."""
    first = DataRequired() if required else Optional()
    return StringField(
        label, validators=[first, Length(max=longest), *rules], filters=[stripped_or_none], **more
    )


class OfficeField(SelectField):
    """One of the authorities that the actor administers, down the tree."""

    def __init__(self, label: Any, levels: frozenset[AuthorityLevel], **options: Any) -> None:
        super().__init__(label, coerce=row_number, **options)
        actor = acting()
        self.offices = {
            row.id: row for row in authorities.choices(db.session(), actor=actor, levels=levels)
        }
        rows = [(row.id, row.name) for row in self.offices.values()]
        self.choices = [("", _l("请选择")), *rows]

    @property
    def office(self) -> Authority | None:
        """The chosen authority."""
        return self.offices.get(self.data) if self.data is not None else None


class BodyView(EntityView):
    """Institutions and agencies: created with their first account, stopped and started by steps."""

    abilities = frozenset({"list", "show", "add", "edit", "export"})
    handover_title: Any = ""
    workflow: Workflow
    edited: tuple[str, ...] = ()

    def create(self, form: Any) -> Handover:
        """Store the body with its account; what must be told about the account."""
        raise NotImplementedError

    @expose("/add", methods=["GET", "POST"])
    @protected("add")
    def add(self) -> Any:
        """Draw the empty form, or store what was sent and tell once what opens the account."""
        form = self.add_form()
        if request.method == "POST" and form.validate():
            done = self._stored(form, lambda: self.create(form))
            if done is not None:
                back = url_for(f"{self.endpoint}.list")
                return handed_over(
                    done, title=self.handover_title, crumbs=self.crumbs(), back_url=back
                )
        return self._form(form, title=self.new_label)

    def update(self, item: Any, form: Any) -> None:
        """Store what a superior may change."""
        values = {name: form[name].data for name in self.edited}
        change_body(db.session(), item, values, actor=acting(), at=now())

    @expose("/reset/<int:pk>", methods=["POST"])
    @protected("reset")
    def reset(self, pk: int) -> Any:
        """重置密码 of the body's first account."""
        body = self.found(pk)
        back = url_for(f"{self.endpoint}.list")
        try:
            identity = account_rows.first_clerk(db.session(), body=body)
        except NoResultFound:
            flash(_("该单位还没有账号，请先新增账号。"), "warning")
            return redirect(back)
        return reset_answer(identity.id, crumbs=self.crumbs(), back_url=back)

    def row_actions(self, row: Any) -> list[Action]:
        """Give 查看, 编辑, 重置密码 and the steps."""
        found = super().row_actions(row)
        if self.may("reset"):
            url = url_for(f"{self.endpoint}.reset", pk=row.pk)
            found.append(post("reset", _l("重置密码"), url, confirm=RESET_ASK))
        return [*found, *row_steps(self.workflow, row.pk, row.status)]

    def _form(self, form: Any, *, title: Any) -> str:
        drawn = {
            "form": form,
            "fieldsets": form.groups,
            "cancel_url": url_for(f"{self.endpoint}.list"),
        }
        return page("form.html", title=title, crumbs=self.crumbs(), page=drawn)
