"""Physicians of the demo by where they stand, and what a browser would send of their form."""

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from app.enums import AccountState, AssessmentStatus, EthicsItem, Procedure
from app.models import Account, Assessment, Identity, Institution, Participation, Registration
from app.operations import registrations
from tests.support.site import Site

HOSPITAL = "平城区医院"
FORM_URL = "/registration/"


def physician(
    site: Site,
    status: AssessmentStatus,
    *,
    institution: str = HOSPITAL,
    procedure: Procedure | None = None,
    is_begun: bool | None = None,
) -> str:
    """Give the user name of a physician in a state, and open the account if nobody has yet."""
    statement = (
        select(Account)
        .join(Identity, Identity.account_id == Account.id)
        .join(Assessment, Assessment.physician_id == Identity.physician_id)
        .join(Institution, Institution.id == Assessment.institution_id)
        .outerjoin(Registration, Registration.participation_id == Assessment.participation_id)
        .where(Assessment.status == status, Institution.name == institution)
        .order_by(Account.id)
    )
    if procedure is not None:
        statement = statement.where(Registration.procedure == procedure)
    if is_begun is not None:
        begun = Registration.id.is_not(None)
        statement = statement.where(begun if is_begun else ~begun)
    with site.session() as session:
        account = session.scalars(statement).first()
        assert account is not None, f"the demo has nobody in {status}"
        return _opened(session, account)


def by_participation(site: Site, criterion: Any) -> str:
    """Give the user name of the first physician whose participation fits, with an open account."""
    statement = (
        select(Account)
        .join(Identity, Identity.account_id == Account.id)
        .join(Participation, Participation.physician_id == Identity.physician_id)
        .where(criterion)
        .order_by(Account.id)
    )
    with site.session() as session:
        account = session.scalars(statement).first()
        assert account is not None, "the demo has no such physician"
        return _opened(session, account)


def _opened(session: Any, account: Account) -> str:
    account.state = AccountState.ACTIVE
    name = account.username
    session.commit()
    return name


def case_of(session: Any, username: str) -> Assessment:
    """Give the case of an account's physician."""
    found: Assessment = session.scalars(
        select(Assessment)
        .join(Identity, Identity.physician_id == Assessment.physician_id)
        .join(Account, Account.id == Identity.account_id)
        .where(Account.username == username)
    ).one()
    return found


def registration_of(session: Any, username: str) -> Registration | None:
    """Give the registration of an account's physician, or None."""
    case = case_of(session, username)
    found: Registration | None = session.scalars(
        select(Registration).where(Registration.participation_id == case.participation_id)
    ).one_or_none()
    return found


def form_values(html: str) -> dict[str, str]:
    """Give what a browser would send of the form ``registration`` as drawn, without a button."""
    reader = _FormReader()
    reader.feed(html)
    return reader.values


def send(client: FlaskClient, action: str, changes: Mapping[str, Any] | None = None) -> Any:
    """Open the form, change it as a person would and press a button."""
    values: dict[str, Any] = form_values(client.get(FORM_URL).text) | dict(changes or {})
    return client.post(FORM_URL, data=values | {"action": action})


def answers(site: Site, who: str) -> dict[str, str]:
    """Give what completes a form of 一般程序."""
    with site.session() as session:
        case = case_of(session, who)
        department = case.physician.department_id
        specialty = registrations.specialties(session, department_id=department)[0].id
        years = [case.cycle.starts_on.year, case.cycle.last_day.year]
    found = {
        "phone": "13900001111",
        "department_id": str(department),
        "specialty_id": str(specialty),
        "has_good_record": "no",
        "has_bad_record": "no",
        "procedure": "GENERAL",
    }
    found |= {f"ethics-{item.name}": "GOOD" for item in EthicsItem}
    for year in range(years[0], years[1] + 1):
        found |= {f"work-y{year}-months_present": "12", f"work-y{year}-annual_grade": "GOOD"}
    return found


def stored(site: Site, who: str) -> dict[str, Any]:
    """Give what is stored of a registration, its parts included."""
    with site.session() as session:
        row = registration_of(session, who)
        assert row is not None
        return {
            "phone": row.phone,
            "position": row.position,
            "department": row.department_id,
            "specialty": row.specialty_id,
            "procedure": row.procedure,
            "statement": row.statement,
            "months": [year.months_present for year in row.work_years],
            "outpatients": [year.outpatients for year in row.work_years],
            "ethics": {answer.item: answer.grade for answer in row.ethics_answers},
            "places": [one.place for one in row.experiences],
        }


def status_of(site: Site, who: str) -> AssessmentStatus:
    """Give where a physician's case stands."""
    with site.session() as session:
        return case_of(session, who).status


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._is_inside = False
        self._select: str | None = None
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name = found.get("name") or ""
        if tag == "form":
            self._is_inside = found.get("id") == "registration"
        if not self._is_inside or "disabled" in found:
            return
        if tag == "input" and found.get("type") in ("radio", "checkbox"):
            if "checked" in found:
                self.values[name] = found.get("value") or ""
        elif tag == "input" and found.get("type") != "file":
            self.values[name] = found.get("value") or ""
        elif tag == "select":
            self._select = name
            self.values[name] = ""
        elif tag == "option" and self._select and "selected" in found:
            self.values[self._select] = found.get("value") or ""
        elif tag == "textarea":
            self._area = name
            self.values[name] = ""

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.values[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._area is not None:
            self.values[self._area] = self.values[self._area].strip("\r\n")
            self._area = None
