"""Every URL × every role × {own, below, sibling, above, foreign}, from the table in relations.py."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from app import models as m
from app.enums import JobStatus
from app.views.clock import now
from tests.security import foreign
from tests.security.foreign import ATTACKERS, LETTERS, MARK, Reach
from tests.security.foreign_routes import ROUTES, Names
from tests.security.relations import (
    ABOVE,
    FOREIGN,
    OWN,
    REACHED,
    SIBLING,
    TWO_SIDED,
    Relation,
    reached,
    relation,
)
from tests.security.test_foreign_lists import exports_of, lists_of, shown, variants
from tests.support.site import Site
from tests.test_access_matrix import MATRIX

pytestmark = pytest.mark.embedded

ROWS = [
    (who.name, endpoint)
    for who in ATTACKERS.values()
    for endpoint, names in ROUTES.items()
    if isinstance(names, Names) and who.letter in MATRIX[endpoint] and names.model not in TWO_SIDED
]
OFFICES = [name for name, who in ATTACKERS.items() if who.letter == "A"]


@pytest.fixture(scope="module")
def marked(
    demo_template: str, database_server: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("relations")
    with foreign.marked_site(demo_template, database_server, folder) as site:
        yield site


@pytest.fixture(scope="module")
def reaches(marked: Site) -> dict[str, Reach]:
    return {who.name: Reach(marked, who) for who in ATTACKERS.values()}


@pytest.fixture(scope="module")
def browsers(marked: Site) -> dict[str, Any]:
    """Everybody signed in once."""
    return {who.name: foreign.client(marked, who) for who in ATTACKERS.values()}


@pytest.fixture(scope="module")
def known() -> dict[Any, dict[Relation, list[Any]]]:
    """What lies where, by attacker and endpoint's model: no request here changes it."""
    return {}


def by_relation(reach: Reach, model: type[Any], *where: Any) -> dict[Relation, list[Any]]:
    """Give a model's rows by how they lie to somebody."""
    found: dict[Relation, list[Any]] = defaultdict(list)
    for rows in reach.rows(model, *where):
        for row in rows:
            found[relation(reach, row)].append(row)
    return found


def published(model: type[Any], letter: str) -> tuple[Any, ...]:
    """Drafts are nobody's but their author's, and who is not meant does not read."""
    if model is not m.Announcement:
        return ()
    meant = {"H": "INSTITUTIONS", "P": "PHYSICIANS", "G": "AGENCIES", "A": "ALL"}[letter]
    in_force = m.Announcement.published_at.is_not(None), m.Announcement.withdrawn_at.is_(None)
    return (*in_force, m.Announcement.audience.in_(("ALL", meant)))


@pytest.mark.parametrize(("name", "endpoint"), ROWS)
def test_a_row_is_reached_in_the_relations_of_the_table_and_no_other(
    marked: Site,
    reaches: dict[str, Reach],
    browsers: dict[str, Any],
    known: dict[Any, dict[Relation, list[Any]]],
    name: str,
    endpoint: str,
) -> None:
    reach, names = reaches[name], ROUTES[endpoint]
    assert isinstance(names, Names)
    browser = browsers[name]
    key = name, names.model, names.where
    if key not in known:
        in_force = published(names.model, reach.who.letter)
        known[key] = by_relation(reach, names.model, *names.where, *in_force)
    rows = known[key]
    allowed = reached(names.model, reach.who.letter)
    wrong, asked = {}, set()
    for rule in marked.app.url_map.iter_rules():
        if rule.endpoint != endpoint or "GET" not in (rule.methods or ()):
            continue
        kind = "string" if names.column == "token" else "int"
        for where, found in rows.items():
            for row in (found[0], found[-1]):
                value = getattr(row, names.column)
                path = rule.rule.replace(f"<{kind}:{names.argument}>", str(value))
                status = browser.get(path).status_code
                asked.add(where)
                if (status != 404) != (where in allowed) or status >= 500:
                    wrong[where, path] = status

    assert wrong == {}
    assert FOREIGN in rows or not rows
    assert not asked or asked - allowed


def relations_of(reach: Reach, texts: Iterable[str]) -> dict[tuple[str, Relation], set[int]]:
    """Tell how the rows whose marks are shown lie to somebody, by model."""
    seen: dict[str, set[int]] = defaultdict(set)
    for text in texts:
        for letter, number in MARK.findall(text):
            if letter in LETTERS:
                seen[letter].add(int(number))
    found: dict[tuple[str, Relation], set[int]] = defaultdict(set)
    for letter, ids in seen.items():
        model = LETTERS[letter]
        if model in TWO_SIDED or model is m.Agency:  # a superior's agency is chosen by its name
            continue
        for where, rows in by_relation(reach, model, model.id.in_(ids)).items():
            if where not in reached(model, reach.who.letter):
                found[model.__name__, where] |= {row.id for row in rows}
    return found


def pages(browser: Any, path: str) -> Iterator[str]:
    """Give a list with its tabs and orders."""
    answer = browser.get(f"{path}?per_page=200")
    assert answer.status_code == 200, path
    yield shown(answer)
    for link in variants(answer.text)[:8]:
        yield shown(browser.get(link))


@pytest.mark.parametrize("name", ATTACKERS)
def test_lists_and_exports_show_rows_of_those_relations_only(
    marked: Site, reaches: dict[str, Reach], browsers: dict[str, Any], name: str
) -> None:
    who, reach = ATTACKERS[name], reaches[name]
    browser = browsers[name]
    wrong: dict[str, Any] = {}
    for view, path in lists_of(marked, who).items():
        if found := relations_of(reach, pages(browser, path)):
            wrong[view] = found
    for endpoint, path in exports_of(marked, who).items():
        answer = browser.get(f"{path}csv")
        assert answer.status_code == 200, endpoint
        if found := relations_of(reach, [shown(answer)]):
            wrong[endpoint] = found

    assert wrong == {}


@pytest.mark.parametrize("name", OFFICES)
def test_charts_of_a_sibling_a_superior_or_another_province_do_not_exist(
    marked: Site, reaches: dict[str, Reach], browsers: dict[str, Any], name: str
) -> None:
    reach = reaches[name]
    browser = browsers[name]
    offices = by_relation(reach, m.Authority)
    wrong = {}
    for where, found in offices.items():
        for path in ("/statistics/", "/statistics/export/xlsx"):
            url = f"{path}?{urlencode({'area': found[0].id})}"
            status = browser.get(url).status_code
            if (status == 200) != (where in REACHED["A"]):
                wrong[where, url] = status

    assert wrong == {}
    assert FOREIGN in offices


@pytest.fixture(scope="module")
def jobs(marked: Site, reaches: dict[str, Reach]) -> dict[str, int]:
    """A finished job of everybody."""
    at = now()
    with marked.session() as session:
        planted = {}
        for name, reach in reaches.items():
            actor = reach.actor
            planted[name] = m.Job(
                kind="export", title="外来", state=JobStatus.DONE, arguments={}, actor={},
                asked_at=at, expires_at=at + timedelta(days=1), account_id=actor.account_id,
                identity_id=actor.identity_id, province_id=actor.province_id,
                authority_path=actor.authority_path, institution_id=actor.institution_id,
                agency_id=actor.agency_id,
            )  # fmt: skip
        session.add_all(planted.values())
        session.commit()
        return {name: job.id for name, job in planted.items()}


@pytest.mark.parametrize("name", ATTACKERS)
def test_messages_and_jobs_are_ones_own(
    marked: Site,
    reaches: dict[str, Reach],
    browsers: dict[str, Any],
    jobs: dict[str, int],
    name: str,
) -> None:
    who, reach = ATTACKERS[name], reaches[name]
    with marked.session() as session:
        told = m.Message.account_id != reach.actor.account_id
        messages = session.scalars(select(m.Message.id).where(told)).all()
    browser = browsers[name]

    assert messages
    assert {browser.get(f"/messages/text/{pk}").status_code for pk in messages[:5]} == {404}
    if who.letter in MATRIX["JobView.show"]:
        mine = {
            one for one, job in jobs.items() if browser.get(f"/jobs/show/{job}").status_code == 200
        }
        assert mine == {name}


def test_every_relation_is_tried(reaches: dict[str, Reach]) -> None:
    found = {
        (reach.who.letter, where)
        for reach in reaches.values()
        for where in by_relation(reach, m.Assessment)
    }

    assert {("A", where) for where in Relation} <= found
    assert {(letter, where) for letter in "HGP" for where in (OWN, SIBLING, FOREIGN)} <= found
    assert ABOVE in reached(m.Cycle, "H")
