"""Physicians and files for tests of what is asked for beside the roster."""

from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy import select

from app.enums import AccountState, AssessmentStatus, ParticipationStatus
from app.models import (
    Account,
    Assessment,
    Conclusion,
    Identity,
    Institution,
    Participation,
    Physician,
)
from tests.support.site import Site
from tests.workflows.world import HOSPITAL

CLERK, NEIGHBOUR, STRANGER = "hospital", "hospital-3", "hospital-sn"


class Somebody:
    """One physician of the demo: id, name, number and user name."""

    def __init__(self, row: Any) -> None:
        person: Physician = row[0]
        self.id, self.name, self.number = person.id, person.name, person.id_number
        self.index, self.institution_id = person.id_index, person.institution_id
        self.username: str = row[1]


def somebody(
    site: Site,
    *,
    house: str = HOSPITAL,
    status: AssessmentStatus | None = None,
    seat: ParticipationStatus | None = None,
    skip: int = 0,
    has_history: bool = True,
) -> Somebody:
    """Give a physician with an opened account whose case, or seat, stands like this.

    Without `has_history` of whom no earlier result is known.
    """
    with site.session() as session:
        statement = (
            select(Physician, Account.username)
            .join(Identity, Identity.physician_id == Physician.id)
            .join(Account, Account.id == Identity.account_id)
            .join(Institution, Institution.id == Physician.institution_id)
            .outerjoin(Assessment, Assessment.physician_id == Physician.id)
            .outerjoin(Participation, Participation.physician_id == Physician.id)
            .where(Institution.name == house)
            .order_by(Physician.id)
        )
        if not has_history:
            statement = statement.where(Physician.id.not_in(select(Conclusion.physician_id)))
        if status is not None:
            statement = statement.where(Assessment.status == status)
        if seat is not None:
            statement = statement.where(Participation.status == seat)
        else:
            statement = statement.where(Account.state == AccountState.ACTIVE)
        row = session.execute(statement.offset(skip)).first()
        assert row is not None
        return Somebody(row)


def png(width: int = 300, height: int = 420, colour: str = "white") -> bytes:
    """Draw a picture of a size."""
    target = BytesIO()
    Image.new("RGB", (width, height), colour).save(target, "PNG")
    return target.getvalue()


def file(content: bytes | None = None, name: str = "证明.png") -> tuple[BytesIO, str]:
    """Give a file as a test's browser uploads it."""
    return BytesIO(png() if content is None else content), name


def latest(site: Site, model: Any) -> Any:
    """Give the newest row of a model, detached."""
    with site.session() as session:
        found = session.scalars(select(model).order_by(model.id.desc())).first()
        session.expunge_all()
    return found


def step(client: Any, workflow: str, pk: int, action: str, **typed: str) -> str:
    """Take a step and give the page that follows."""
    answer = client.post(f"/steps/{workflow}/{pk}/{action}", data=typed, follow_redirects=True)
    return f"{answer.status_code} {answer.text}"
