"""Behind the curtain of the program that a browser is looking at: who may sit, and the right answers."""

from datetime import date

from sqlalchemy import select

import config as configuration
from app import create_app
from app.enums import AssessmentStatus, Category, ParticipationStatus, PhysicianLevel
from app.extensions import db
from app.models import Assessment, Institution, Participation, Physician, Sitting
from app.periods import years_ago
from app.views.clock import today
from tests.support.live import Live
from tests.support.site import Site
from tests.workflows.sitting_world import cases, entries_for


def opened(live: Live) -> Site:
    """Open the running program's database; the program does not notice."""
    environ = {"DINGKAO_PROFILE": "demo", "DATA_DIR": str(live.folder), "DINGKAO_CAPTCHA": "off"}
    settings = configuration.load(environ)
    return Site(create_app(settings), str(settings["SQLALCHEMY_DATABASE_URI"]))


def somebody(site: Site) -> tuple[str, str]:
    """Give the full number and the name of a physician who waits for both papers."""
    with site.session() as session:
        person = session.get_one(Assessment, cases(site, AssessmentStatus.AWAITING_EXAM)[0])
        return person.physician.id_number, person.physician.name


def right_answers(site: Site, sitting_id: int) -> list[str]:
    """Give the letters that are right, in the order of the page."""
    found = [one.answer for one in entries_for(site, sitting_id, 100)]
    with site.session() as session:
        assert len(found) == len(session.get_one(Sitting, sitting_id).places)
    with site.app.app_context():
        db.engine.dispose()
    return found


def newcomers(site: Site, house: str, number: int) -> list[tuple[str, str]]:
    """Give numbers and names of physicians of a hospital whom nobody has confirmed.

    The first of them may sit online, and have practised long enough for 简易程序.
    """
    since = years_ago(today(), 13)
    with site.session() as session:
        rows = session.scalars(
            select(Physician)
            .join(Participation, Participation.physician_id == Physician.id)
            .join(Institution, Institution.id == Physician.institution_id)
            .where(
                Institution.name == house,
                Participation.status == ParticipationStatus.UNCONFIRMED,
            )
            .order_by(Physician.id)
        ).all()
        people = {one.name: one for one in rows}
        found = sorted(people.values(), key=lambda one: not _fits(one, since))[:number]
        told = [(one.id_number, one.name) for one in found]
        fitting = sum(_fits(one, since) for one in found)
    with site.app.app_context():
        db.engine.dispose()
    assert (len(told), fitting >= 2) == (number, True), (len(told), fitting)
    return told


def _fits(one: Physician, since: date) -> bool:
    is_usual = one.category is Category.CLINICAL and one.level is PhysicianLevel.PHYSICIAN
    return is_usual and one.licensed_on < since
