"""Loading the demo, once, and telling who can sign in to it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from app.demo import (
    cases,
    more_requests,
    news,
    oversight,
    papers,
    places,
    question_bank,
    registry,
    requests,
    results,
    sittings,
)
from app.demo.accounts import PASSWORD, Clerks
from app.demo.people import People
from app.demo.province import Country, Site
from app.demo.stories import NEIGHBOURS, NEWCOMERS, STORIES, Story
from app.enums import AccountState, AgencyKind, Role
from app.models import Account, Identity, Physician, Setting
from app.operations import progress_days
from app.operations.code_lists import load_subjects
from app.operations.physician_following import INITIAL_PERIOD
from app.operations.physicians import id_index
from app.security.actor import Actor, unscoped
from app.security.passwords import hash_password

_KEY = "demo"
_PRINTED = (("140213198507281025", "丁自然"), ("140213199003161040", "王丽华"))
_ID_NUMBERS = tuple(number for number, _name in _PRINTED)
_NAMED = (
    "sysadmin",
    "secadmin",
    "auditor",
    "province",
    "city",
    "county",
    "hospital",
    "hospital-new",
    "agency",
    "proctor",
    "province-sn",
    "hospital-sn",
)
_INSTITUTIONS_AT_LEAST = 2


class DemoLoaded(RuntimeError):
    """The database holds the demo already."""


@dataclass(frozen=True)
class DemoAccount:
    """One line of the table of accounts; ``username`` is what one types."""

    username: str
    name: str
    roles: tuple[Role, ...]
    body: str
    uscc: str | None
    state: AccountState


@dataclass(frozen=True)
class DemoSummary:
    """Who can sign in, and the password of all whose account is not in the initial state."""

    password: str
    accounts: tuple[DemoAccount, ...]


def is_loaded(session: Session) -> bool:
    """Say whether the database holds the demo."""
    return session.get(Setting, _KEY) is not None


def load(
    session: Session,
    *,
    at: datetime,
    seed: int = 2024,
    hospitals: int = 6,
    physicians: int = 240,
) -> DemoSummary:
    """Fill an empty, migrated database; the caller commits.

    :param hospitals: institutions of 山西省; 陕西省 has one more.
    :param physicians: of 山西省; 平城区医院 gets at least one of every kind.
    :raises DemoLoaded: it is there already.
    """
    if is_loaded(session):
        raise DemoLoaded("the demo is loaded already")
    if hospitals < _INSTITUTIONS_AT_LEAST:
        raise ValueError(f"the demo has at least {_INSTITUTIONS_AT_LEAST} hospitals")
    with unscoped("the demo belongs to nobody; every step in it acts for somebody"):
        _fill(session, at=at, seed=seed, hospitals=hospitals, physicians=physicians)
    return summary(session)


def summary(session: Session) -> DemoSummary:
    """List the accounts that the demo prints; empty when it is not loaded."""
    setting = session.get(Setting, _KEY)
    if setting is None:
        return DemoSummary(PASSWORD, ())
    names = [*_NAMED, *json.loads(setting.value)["physicians"]]
    with unscoped("the demo prints its own accounts"):
        rows = session.scalars(
            select(Account)
            .where(Account.username.in_(names))
            .options(
                selectinload(Account.identities).joinedload(Identity.institution),
                selectinload(Account.identities).joinedload(Identity.agency),
                selectinload(Account.identities).joinedload(Identity.authority),
            )
            .execution_options(populate_existing=True)
        )
        known = {row.username: _line(session, row) for row in rows}
    return DemoSummary(PASSWORD, tuple(known[name] for name in names if name in known))


def renew_initial_accounts(session: Session, *, at: datetime) -> int:
    """Let the demo's accounts that nobody has opened yet be opened for another three days."""
    setting = session.get(Setting, _KEY)
    if setting is None:
        return 0
    names = ["hospital-new", *json.loads(setting.value)["physicians"]]
    with unscoped("the demo keeps its own accounts usable"):
        rows = session.scalars(
            select(Account).where(
                Account.username.in_(names),
                Account.state == AccountState.INITIAL,
                Account.last_login.is_(None),
            )
        ).all()
        for row in rows:
            row.initial_until = at + INITIAL_PERIOD
            row.initial_tries = 0
        session.flush()  # inside the lifted scope
    return len(rows)


def _fill(session: Session, *, at: datetime, seed: int, hospitals: int, physicians: int) -> None:
    load_subjects(session)
    people = People(Random(seed))  # noqa: S311 - data drawn with a seed
    clerks = Clerks(session, at, hash_password(PASSWORD))
    country = Country(session, at, people, clerks)
    country.found_offices(_administrators(clerks))
    country.issue_rules()
    hired = _shanxi(country, hospitals=hospitals, physicians=physicians)
    neighbours = _shaanxi(country)
    sites = {one.site.row.id: one.site for one in hired}
    news.announce(country, list(sites.values()))
    question_bank.fill(country)
    cases.play(country, [*hired, *neighbours])
    requests.play(country, [*hired, *neighbours])
    requests.mentor(country, hired)
    more_requests.play(country, [*hired, *neighbours])
    requests.apply(country, [one.site for one in hired])
    oversight.play(country, hired)
    papers.leave_scores(country, hired[-1].site)
    sittings.watch(country)
    results.play(country, hired)
    registry.link(country, neighbours)
    news.read_old_messages(country)
    progress_days.keep(session, at=at)
    _open_accounts(session, [*hired, *neighbours], stored=clerks.stored_password, at=at)
    indexes = [id_index(number) for number in _ID_NUMBERS]
    session.add(Setting(key=_KEY, value=json.dumps({"seed": seed, "physicians": indexes})))
    renew_initial_accounts(session, at=at)
    session.flush()  # the summary is read back


def _administrators(clerks: Clerks) -> Actor:
    clerks.clerk("secadmin", Role.SECURITY_ADMIN, name="严守正")
    clerks.clerk("auditor", Role.AUDIT_ADMIN, name="明镜如")
    return clerks.clerk("sysadmin", Role.SYSTEM_ADMIN, name="管宁远")


def _shanxi(country: Country, *, hospitals: int, physicians: int) -> list[cases.Hired]:
    sites = [
        country.found_site(house, is_new=house is places.NEWCOMER)
        for house in places.houses(hospitals)
    ]
    pingcheng = next(site for site in sites if site.house is places.PINGCHENG)
    society = country.found_agency(
        places.SOCIETY, office=places.SHANXI, kind=AgencyKind.SOCIETY, person="路知远"
    )
    bureau = country.found_agency(
        places.OFFICE_OF_PINGCHENG,
        office=pingcheng.house.authority,
        kind=AgencyKind.MEDICAL,
        person=pingcheng.house.person,
        host=pingcheng,
    )
    clerks = country.clerks
    reviewer = clerks.clerk("agency", Role.AGENCY, name="路知远", agency=society)
    clerks.clerk("proctor", Role.PROCTOR, name="简明慧", agency=society)
    with unscoped("the clerk of 平城区医院 wears two hats"):
        clerk = country.session.get_one(Account, pingcheng.clerk.account_id)
    host = clerks.identity(clerk, Role.AGENCY, agency=bureau)
    second = clerks.clerk("agency-2", Role.AGENCY, name="路遥至", agency=society)
    helper = clerks.clerk("agency-3", Role.AGENCY, name="尚可期", agency=bureau)
    cycle = country.set_up_cycle(places.SHANXI, label="02", rules=places.SHANXI_RULES)
    employing = [site for site in sites if site.posts]
    apart = employing[1:2]
    country.entrust([s for s in sites if s not in apart], society, (reviewer, second), cycle)
    country.entrust(apart, bureau, (host, helper), cycle)
    shares = _shares(len(employing), physicians)
    hired = []
    for site, count in zip(employing, shares, strict=True):
        is_first = site is pingcheng
        stories = _cast(country.people.random, count, is_first=is_first)
        hired += cases.hire(country, site, stories, printed=_PRINTED if is_first else ())
    country.open(places.SHANXI, cycle)
    return hired


def _shaanxi(country: Country) -> list[cases.Hired]:
    site: Site = country.found_site(places.NEIGHBOUR)
    society = country.found_agency(
        places.SHAANXI_SOCIETY, office=places.SHAANXI, kind=AgencyKind.SOCIETY, person="贺兰山"
    )
    reviewer = country.clerks.clerk("agency-sn", Role.AGENCY, name="贺兰山", agency=society)
    second = country.clerks.clerk("agency-sn-2", Role.AGENCY, name="贺千里", agency=society)
    cycle = country.set_up_cycle(
        places.SHAANXI, label="03", rules=places.SHAANXI_RULES, exam_in=places.SHAANXI_EXAM_IN
    )
    country.entrust([site], society, (reviewer, second), cycle)
    hired = cases.hire(country, site, NEIGHBOURS)
    country.open(places.SHAANXI, cycle)
    return hired


def _shares(sites: int, physicians: int) -> list[int]:
    """Give the first site three tenths, but every story, and the others what is left."""
    least = len(NEWCOMERS) + len(STORIES)
    first = physicians if sites == 1 else max(least, physicians * 3 // 10)
    left = max(0, physicians - first)
    others = [left // (sites - 1) + (n < left % (sites - 1)) for n in range(sites - 1)]
    return [max(first, least), *others]


def _cast(random: Random, count: int, *, is_first: bool) -> list[Story]:
    fixed = [*NEWCOMERS, *STORIES] if is_first else []
    weights = [story.weight for story in STORIES]
    return [*fixed, *random.choices(STORIES, weights, k=count - len(fixed))]


def _open_accounts(
    session: Session, hired: Sequence[cases.Hired], *, stored: str, at: datetime
) -> None:
    """Whoever typed something has been there: such accounts are open, with the known password."""
    names = [id_index(one.person.id_number) for one in hired if one.story.is_filled]
    names.append(id_index(_ID_NUMBERS[0]))
    with unscoped("the demo opens accounts for all bodies"):
        session.execute(
            update(Account)
            .where(Account.username.in_(names))
            .values(state=AccountState.ACTIVE, password=stored, initial_until=None, last_login=at)
            .execution_options(synchronize_session=False)
        )


def _line(session: Session, row: Account) -> DemoAccount:
    first = row.identities[0]
    body = first.authority or first.institution or first.agency
    username = row.username
    if first.physician_id is not None:
        username = session.get_one(Physician, first.physician_id).id_number
    return DemoAccount(
        username=username,
        name=row.person_name,
        roles=tuple(identity.role for identity in row.identities),
        body=(first.agency or body).name if body else "",
        uscc=first.institution.uscc if first.institution else None,
        state=row.state,
    )
