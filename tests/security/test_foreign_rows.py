"""Every URL that names a row, asked with rows of others: they do not exist, and nothing changes."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from app import models as m
from app.security.roles import grants
from app.security.step_pages import STEP_PAGES
from app.workflows.registry import WORKFLOWS
from tests.security import foreign
from tests.security.foreign import ATTACKERS, Attacker, Eyes, Reach, fingerprints, spread
from tests.security.foreign_requests import PDF
from tests.security.foreign_routes import BODY, ROUTES, Names
from tests.support.site import Site
from tests.test_access_matrix import MATRIX
from tests.views.casebrowser import statements

pytestmark = pytest.mark.embedded

WRITES = re.compile(r"(?i)\s*(INSERT|UPDATE|DELETE)\b(?!.*\b(web_session|login_guard)\b)")
FILES = {"attachment": "证明.pdf", "file": "名单.xlsx"}
CASES = [
    (who.name, endpoint)
    for who in ATTACKERS.values()
    for endpoint, names in ROUTES.items()
    if isinstance(names, Names) and who.letter in MATRIX[endpoint]
]


@pytest.fixture(scope="module")
def marked(
    demo_template: str, database_server: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("foreign")
    with foreign.marked_site(demo_template, database_server, folder) as site:
        yield site


@pytest.fixture(scope="module")
def untouched(marked: Site) -> dict[str, str]:
    """What every table was like before the first attack; no request here may change one."""
    return fingerprints(marked)


@pytest.fixture(scope="module")
def eyes(marked: Site) -> dict[str, tuple[Reach, Eyes]]:
    found = {}
    for who in ATTACKERS.values():
        reach = Reach(marked, who)
        found[who.name] = (reach, Eyes.of(reach))
    return found


def requests(site: Site, endpoint: str, value: Any) -> Iterator[tuple[str, str]]:
    """Give method and path of every way to ask an endpoint for a row."""
    names = ROUTES[endpoint]
    assert isinstance(names, Names)
    for rule in site.app.url_map.iter_rules():
        if rule.endpoint == endpoint:
            for method in sorted((rule.methods or set()) & {"GET", "HEAD", "POST"}):
                kind = "string" if names.column == "token" else "int"
                yield method, rule.rule.replace(f"<{kind}:{names.argument}>", str(value))


def body() -> dict[str, Any]:
    """Give a form with everything in it, files included."""
    files = {field: (BytesIO(PDF), name) for field, name in FILES.items()}
    return {**BODY, **files}


def ask(client: Any, method: str, path: str) -> Any:
    """Send one request of any kind."""
    data = body() if method == "POST" else None
    return client.open(path, method=method, data=data)


def test_every_url_with_an_argument_says_what_it_names(shared_site: Site) -> None:
    with_arguments = {r.endpoint for r in shared_site.app.url_map.iter_rules() if r.arguments}

    assert with_arguments == set(ROUTES)


@pytest.mark.parametrize(("name", "endpoint"), CASES)
def test_a_foreign_row_does_not_exist(
    marked: Site,
    eyes: dict[str, tuple[Reach, Eyes]],
    untouched: dict[str, str],  # taken before the first attack
    name: str,
    endpoint: str,
) -> None:
    reach, watched = eyes[name]
    names = ROUTES[endpoint]
    assert isinstance(names, Names)
    foreign_rows = spread(reach.rows(names.model, *names.where)[1])
    assert foreign_rows, "nothing to steal: the test proves nothing"
    browser = foreign.client(marked, ATTACKERS[name])

    with statements(marked) as sent:
        answers = [
            (method, path, ask(browser, method, path))
            for row in foreign_rows
            for method, path in requests(marked, endpoint, getattr(row, names.column))
        ]

    assert {(method, path): answer.status_code for method, path, answer in answers} == {
        (method, path): 404 for method, path, _answer in answers
    }
    assert [watched.leaks(answer.text) for *_, answer in answers] == [[] for _ in answers]
    assert [one for one in sent if WRITES.match(one)] == []


def test_all_of_that_changed_nothing(marked: Site, untouched: dict[str, str]) -> None:
    assert fingerprints(marked) == untouched


@pytest.mark.parametrize("name", [name for name, who in ATTACKERS.items() if who.letter != "M"])
def test_no_step_can_be_taken_on_a_foreign_row(
    marked: Site, eyes: dict[str, tuple[Reach, Eyes]], untouched: dict[str, str], name: str
) -> None:
    reach, watched = eyes[name]
    browser = foreign.client(marked, ATTACKERS[name])
    wrong = {}
    for workflow, table in WORKFLOWS.items():
        is_known = table.model in (m.Authority, m.Agency)  # bodies that one may know, not manage
        takes_none = not grants(reach.actor.role) & set(STEP_PAGES[workflow])  # 403 for any number
        for row in table.transitions:
            at_source = table.model.status.in_(row.sources)
            others = spread(reach.rows(table.model, at_source)[1]) or spread(
                reach.rows(table.model)[1]
            )
            for one in others:
                path = f"/steps/{workflow}/{one.id}/{row.button}"
                answer = browser.post(path, data=body())
                if answer.status_code not in (
                    (403, 404) if is_known else (403,) if takes_none else (404,)
                ):
                    wrong[path] = answer.status_code
                if watched.leaks(answer.text):
                    wrong[path] = watched.leaks(answer.text)

    assert wrong == {}
    assert fingerprints(marked) == untouched


@pytest.mark.parametrize("name", ATTACKERS)
def test_nobody_puts_on_somebody_elses_hat(
    marked: Site, eyes: dict[str, tuple[Reach, Eyes]], untouched: dict[str, str], name: str
) -> None:
    own = eyes[name][0].actor.account_id
    with marked.session() as session:
        hats = session.scalars(select(m.Identity.id).where(m.Identity.account_id != own)).all()
    browser = foreign.client(marked, ATTACKERS[name])

    assert {browser.post(f"/switch/{hat}").status_code for hat in hats} == {404}
    assert fingerprints(marked) == untouched


HUGE = (2**31, 2**53, 2**63, 10**30)


@pytest.mark.parametrize("name", ["clerk", "physician", "agency of one", "county"])
def test_a_number_too_large_for_the_database_is_no_error(marked: Site, name: str) -> None:
    who = ATTACKERS[name]
    browser = foreign.client(marked, who)
    wrong = {}
    for endpoint, names in ROUTES.items():
        if who.letter not in MATRIX[endpoint] or not isinstance(names, Names):
            continue
        for number in HUGE:
            for method, path in requests(marked, endpoint, number):
                status = ask(browser, method, path).status_code
                if status != 404:
                    wrong[method, path] = status
    for number in HUGE:
        path = f"/steps/assessment/{number}/submit"
        if (status := browser.post(path).status_code) != 404:
            wrong["POST", path] = status

    assert wrong == {}


@pytest.mark.parametrize("name", ATTACKERS)
def test_the_same_requests_find_the_attackers_own_rows(
    demo_template: str, database_server: Any, tmp_path: Any, name: str
) -> None:
    who: Attacker = ATTACKERS[name]
    with foreign.marked_site(demo_template, database_server, tmp_path) as site:
        reach, browser = Reach(site, who), foreign.client(site, who)
        tried, missing = 0, []
        for endpoint, names in ROUTES.items():
            if not isinstance(names, Names) or who.letter not in MATRIX[endpoint]:
                continue
            own = [row for row in reach.rows(names.model, *names.where)[0] if _is_there(who, row)]
            if not own:
                continue
            for method, path in requests(site, endpoint, getattr(own[-1], names.column)):
                tried += 1
                if ask(browser, method, path).status_code == 404:
                    missing.append((method, path))

    assert missing == []
    assert tried >= (2 if who.letter == "P" else 6)


def _is_there(who: Attacker, row: Any) -> bool:
    """Leave out what one may know but not manage: the own office, and the cycle for a queue."""
    is_own_office = isinstance(row, m.Authority) and row.name in OWN_OFFICES
    return not is_own_office and who.letter in "HPGA"


OWN_OFFICES = {"大同市卫生健康委员会", "平城区卫生健康局", "陕西省卫生健康委员会"}
