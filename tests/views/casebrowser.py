"""What the tests of case pages share: reading pages, counting statements, finding people."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event, select

from app.enums import AssessmentStatus
from app.extensions import db
from app.models import Assessment, Physician
from app.security.actor import acting_as
from app.workflows.assessment import ASSESSMENT
from tests.support.site import Site
from tests.workflows.world import AT, opinions


def text(html: str) -> str:
    """Give a page's words, one space between them."""
    body = re.sub(r"(?s)<(script|style).*?</\1>", " ", html)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body))).strip()


def page(client: FlaskClient, url: str, status: int = 200) -> str:
    """Read a page and expect a status."""
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer.get_data(as_text=True)


def headings(html: str) -> list[str]:
    """Give the column headings of the first table; the box that ticks a row has none."""
    head = re.search(r"(?s)<thead>(.*?)</thead>", html)
    assert head is not None
    cells = re.findall(r'(?s)<th(?! class="pick)[^>]*>(.*?)</th>', head[1])
    return [text(cell) for cell in cells]


def rows(html: str) -> list[list[str]]:
    """Give the cells of the first table."""
    body = re.search(r"(?s)<tbody>(.*?)</tbody>", html)
    assert body is not None
    found = re.findall(r"(?s)<tr>(.*?)</tr>", body[1])
    cell = r'(?s)<td(?! class="pick)[^>]*>(.*?)</td>'
    return [[text(c) for c in re.findall(cell, row)] for row in found]


def section(html: str, heading: str) -> str:
    """Give the words under a heading of a case's page."""
    for block in re.findall(r'(?s)<section class="case-block">(.*?)</section>', html):
        if text(block).startswith(heading):
            return text(block)
    raise AssertionError(f"no section {heading}")


def buttons(html: str) -> list[str]:
    """Give the names of the buttons and button-like links of the page's content."""
    main = html.split('<main id="main"', 1)[1].split("</main>", 1)[0]
    found = re.findall(r'(?s)<(?:a|button)[^>]*class="btn [^>]*>(.*?)</(?:a|button)>', main)
    return [text(one) for one in found]


@contextmanager
def statements(site: Site) -> Iterator[list[str]]:
    """Collect what is sent to the database."""
    sent: list[str] = []

    def note(_c: Any, _u: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "PRAGMA")):
            sent.append(statement)

    with site.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def person(site: Site, pk: int) -> Physician:
    """Give the physician of a case, with the ID number read."""
    with site.session() as session:
        found = session.scalars(
            select(Physician)
            .join(Assessment, Assessment.physician_id == Physician.id)
            .where(Assessment.id == pk)
        ).one()
        assert found.id_number
        assert found.department.name
        session.expunge_all()
    return found


def status(site: Site, pk: int) -> AssessmentStatus:
    """Give where a case stands."""
    with site.session() as session:
        return AssessmentStatus(session.get_one(Assessment, pk).status)


def move(site: Site, username: str, pk: int, action: str, **how: Any) -> None:
    """Take a step behind the browser's back."""
    actor = site.actor(username)
    with site.session(username) as session, acting_as(actor):
        facts = how.pop("facts", opinions())
        ASSESSMENT.fire(session, pk, action, actor=actor, at=AT, facts=facts, **how)
        session.commit()
