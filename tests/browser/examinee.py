"""Behind the curtain of the program that a browser is looking at: who may sit, and the right answers."""

import config as configuration
from app import create_app
from app.enums import AssessmentStatus
from app.extensions import db
from app.models import Assessment, Sitting
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
