"""Hats for a term: a role made in pages given to a person, and 代理 of somebody who is away.

Each is an identity of its own (切换): what is done under it is signed with it, it ends by itself
after its last day, and ends at once when it is taken back or its principal's account is stopped.
"""

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, aliased

from app.enums import N_, AccountState, Role
from app.models import Account, Identity
from app.operations.account_trail import note
from app.operations.identities import Body, scope_of
from app.periods import local_day
from app.refusals import Refusal
from app.security.actor import Actor, unscoped

BASES = (Role.AUTHORITY, Role.INSTITUTION, Role.AGENCY)
"""Roles whose rows a role made in pages may reach, and who may have a deputy."""
LONGEST_DEPUTY = 366  # days


class HatRefused(Refusal):
    """A hat that may not be given; ``field`` names the form's field."""


@dataclass(frozen=True, slots=True)
class Term:
    """From when until when, both days included; None: open on that side."""

    starts_on: date | None
    last_day: date | None

    def text(self) -> str:
        """Write it for the trail."""
        return f"{self.starts_on or '即日'} 至 {self.last_day or '长期'}"


def give(
    session: Session,
    account: Account,
    *,
    page_role_id: int,
    page_role: str,
    base: Role,
    body: Body,
    term: Term,
    actor: Actor,
    at: datetime,
) -> Identity:
    """Give a person a role made in pages at a body for a term; the caller has checked duties.

    :raises HatRefused: the term is over or upside down, the account stopped or one's own.
    """
    _check(account, term, actor=actor, at=at)
    _column, values = scope_of(body)
    hat = Identity(
        account_id=account.id, role=base, page_role_id=page_role_id,
        starts_on=term.starts_on, last_day=term.last_day, **values,
    )  # fmt: skip
    _store(session, account, hat, action="give_hat", label=N_("授予身份"),
           comment=f"{page_role}；{body.name}；{term.text()}", actor=actor, at=at)  # fmt: skip
    return hat


def appoint_deputy(
    session: Session,
    principal: Identity,
    account: Account,
    *,
    term: Term,
    actor: Actor,
    at: datetime,
) -> Identity:
    """代理: let a colleague act in one's own place for a term.

    :raises HatRefused: no or too long a term, a stopped account, not a colleague, or one's hat is
        itself a deputy's.
    """
    if principal.principal_id is not None or principal.role not in BASES:
        raise HatRefused(_l("该身份不能再委托他人代理。"))
    if term.last_day is None:
        raise HatRefused(_l("请填写代理的结束日期。"), field="last_day")
    first = term.starts_on or local_day(at)
    if (term.last_day - first).days >= LONGEST_DEPUTY:
        raise HatRefused(_l("代理期限不能超过一年。"), field="last_day")
    if principal.last_day is not None and term.last_day > principal.last_day:
        raise HatRefused(
            _l("代理不能晚于您本人身份的结束日期%(day)s。", day=principal.last_day),
            field="last_day",
        )
    if account.id not in dict(colleagues(session, principal, today=local_day(at))):
        raise HatRefused(_l("只能委托本单位的其他人员代理。"), field="account")
    _check(account, term, actor=actor, at=at)
    same = (
        "role", "page_role_id", "province_id", "authority_path", "authority_id", "institution_id",
        "agency_id",
    )  # fmt: skip
    hat = Identity(
        account_id=account.id, principal_id=principal.id,
        starts_on=first, last_day=term.last_day,
        **{name: getattr(principal, name) for name in same},
    )  # fmt: skip
    _store(session, account, hat, action="appoint_deputy", label=N_("委托代理"),
           comment=f"{actor.name}；{term.text()}", actor=actor, at=at)  # fmt: skip
    return hat


def colleagues(session: Session, identity: Identity, *, today: date) -> list[tuple[int, str]]:
    """List who else has a hat at the same body whose term is not over: account and name."""
    bodies = [
        column == value
        for column, value in (
            (Identity.authority_id, identity.authority_id),
            (Identity.institution_id, identity.institution_id),
            (Identity.agency_id, identity.agency_id),
        )
        if value is not None
    ]
    statement = (
        select(Account.id, Account.first_name)
        .join(Identity, Identity.account_id == Account.id)
        .where(
            or_(*bodies),
            Identity.is_active,
            Identity.role.in_(BASES),
            Identity.principal_id.is_(None),
            or_(Identity.last_day.is_(None), Identity.last_day >= today),
            Account.id != identity.account_id,
            Account.state != AccountState.STOPPED,
        )
        .distinct()
        .order_by(Account.first_name, Account.id)
    )
    with unscoped("the people of one's own body, to choose a deputy among"):
        return [(row[0], row[1]) for row in session.execute(statement)]


def deputies(session: Session, identity_id: int) -> list[Identity]:
    """List the deputies' hats of one identity that were not taken back."""
    statement = select(Identity).where(Identity.principal_id == identity_id, Identity.is_active)
    with unscoped("whom one has asked to stand in"):
        return list(session.scalars(statement.order_by(Identity.starts_on, Identity.id)))


def take(session: Session, hat: Identity, *, actor: Actor, at: datetime) -> None:
    """End a hat at once: whoever wears it is out of it at the next request.

    :raises HatRefused: it is an ordinary identity.
    """
    if hat.page_role_id is None and hat.principal_id is None:
        raise HatRefused(_l("该身份不是授予的身份，不能收回。"))
    with unscoped("the caller has chosen the hat by its own rule"):
        hat.is_active = False
        session.execute(
            update(Identity).where(Identity.principal_id == hat.id).values(is_active=False)
        )
        session.flush()
        account = session.get_one(Account, hat.account_id)
    note(
        session, account, action="take_hat", label=N_("收回身份"), actor=actor, at=at, identity=hat
    )


def take_all_of(session: Session, page_role_id: int, *, actor: Actor, at: datetime) -> None:
    """Take every hat of a role made in pages that goes, and forget the role on them."""
    with unscoped("a role that goes is taken from everybody"):
        held = session.scalars(select(Identity).where(Identity.page_role_id == page_role_id)).all()
    for hat in held:
        if hat.is_active:
            take(session, hat, actor=actor, at=at)
    with unscoped("a role that goes is taken from everybody"):
        for hat in held:
            hat.page_role_id = None
        session.flush()


def end_deputies_of(session: Session, account_id: int) -> None:
    """End every 代理 of a person who may not act any more; the caller has lifted the scope."""
    own = aliased(Identity)
    session.execute(
        update(Identity)
        .where(Identity.principal_id.in_(select(own.id).where(own.account_id == account_id)))
        .values(is_active=False)
        .execution_options(synchronize_session=False)
    )


def _check(account: Account, term: Term, *, actor: Actor, at: datetime) -> None:
    if account.id == actor.account_id:
        raise HatRefused(_l("不能给自己授予身份，请由另一位人员办理。"), field="account")
    if account.state is AccountState.STOPPED:
        raise HatRefused(_l("该账号已停用，请先启用。"), field="account")
    if term.starts_on and term.last_day and term.last_day < term.starts_on:
        raise HatRefused(_l("结束日期不能早于开始日期，请核对。"), field="last_day")
    if term.last_day and term.last_day < local_day(at):
        raise HatRefused(_l("结束日期已过，请填写今天或以后的日期。"), field="last_day")


def _store(
    session: Session,
    account: Account,
    hat: Identity,
    *,
    action: str,
    label: str,
    comment: str,
    actor: Actor,
    at: datetime,
) -> None:
    with unscoped("the account is somebody else's; the hat is its new one"):
        session.add(hat)
        session.flush()  # the entry of the trail lies where the hat does
    note(session, account, action=action, label=label, actor=actor, at=at, identity=hat,
         comment=comment)  # fmt: skip
