"""Lists, exports, filters, drop-downs and every page that can be reached: nothing of others."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import delete, select

from app import models as m
from app.operations.remarks import MOST
from app.views.blueprint_form import MOST_ROWS
from tests.security import foreign
from tests.security.foreign import ATTACKERS, Attacker, Eyes, Reach
from tests.support.site import Site
from tests.test_access_matrix import MATRIX

LISTS = sorted(e.removesuffix(".list") for e in MATRIX if e.endswith(".list"))
MOST_OF_A_KIND = 3
MOST_PAGES = 220

# The criteria themselves are asked of both kinds of database by test_foreign_rows and test_scoping.
pytestmark = pytest.mark.embedded

SELECTS: Mapping[str, type[Any] | None] = {
    "department": m.Department,
    "department_name": m.Department,
    "department_id": m.Department,
    "target_id": m.Department,
    "assessor": m.Account,
    "account": m.Account,
    "area": m.Authority,
    "cycle": m.Cycle,
    "institutions": m.Institution,
    "agency_id": m.Agency,
    "cycle_id": m.Cycle,
    "authority_id": m.Authority,
    "announcement": m.Announcement,
    "spot_check": m.SpotCheck,
    "parent_id": m.Authority,
    **dict.fromkeys(
        (
            "subjects", "specialty_id", "provincial_ground", "category", "level", "procedure",
            "status", "result", "role", "about", "kind", "grade", "ownership", "id_type", "sex",
            "ethnic_group", "education", "title", "away_reason", "state", "per_page", "review",
            "state_of_exam", "parent", "completed", "audience", "language", "days", "events",
            "situation", "scopes", "work", "evaluation", "field", "act_kind",
            "post", "member_kind", "penalty", "finding", "stratum", "paper", "difficulty", "round",
            "mark", "seen", "incident", "mark_reason", "of_cycle", "filing", "remedy_ground",
            *(f"rows-{n}-{name}" for n in range(MOST_ROWS) for name in ("kind", "difficulty")),
            *(f"remark_field_{number}" for number in range(MOST)),
        ),
        None,
    ),
}  # fmt: skip
"""What the options of each drop-down are: rows of somebody, or words and reference data."""


@pytest.fixture(scope="module")
def marked(
    demo_template: str, database_server: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("lists")
    with foreign.marked_site(demo_template, database_server, folder) as site:
        yield site


@pytest.fixture(scope="module")
def eyes(marked: Site) -> dict[str, tuple[Reach, Eyes]]:
    found = {}
    for who in ATTACKERS.values():
        reach = Reach(marked, who)
        found[who.name] = (reach, Eyes.of(reach))
    return found


def shown(answer: Any) -> str:
    """Give what an answer says, whatever its form."""
    content = answer.get_data()
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(BytesIO(content)) as book:
            parts = [book.read(name).decode() for name in book.namelist() if name.endswith(".xml")]
        return unescape("\n".join(parts))
    return unescape(content.decode("utf-8-sig", "replace"))


def lists_of(site: Site, who: Attacker) -> dict[str, str]:
    """Give the addresses of the lists the attacker's role may open."""
    urls = {rule.endpoint: rule.rule for rule in site.app.url_map.iter_rules()}
    return {v: urls[f"{v}.list"] for v in LISTS if who.letter in MATRIX[f"{v}.list"]}


def exports_of(site: Site, who: Attacker) -> dict[str, str]:
    """Give the addresses of the exports the attacker's role may ask for."""
    return {
        rule.endpoint: rule.rule.partition("<")[0]
        for rule in site.app.url_map.iter_rules()
        if rule.endpoint.endswith(".export") and who.letter in MATRIX[rule.endpoint]
    }


def variants(page: str, *, sorts: bool = True) -> list[str]:
    """Give every tab and further page that a list offers, and every sort order unless told not to."""
    names = "tab|sort|page" if sorts else "tab|page"
    links = re.findall(rf'href="([^"]*(?:{names})=[^"]*)"', page)
    found = {unescape(link) for link in links if "/export/" not in link}
    return sorted(link for link in found if sorts or "sort=" not in link)


CRAWLERS = list(ATTACKERS)


@pytest.mark.parametrize("name", CRAWLERS)
def test_no_list_shows_a_foreign_row_on_any_page_tab_or_order(
    marked: Site, eyes: dict[str, tuple[Reach, Eyes]], name: str
) -> None:
    who, (_reach, watched) = ATTACKERS[name], eyes[name]
    browser = foreign.client(marked, who)
    leaks, own = {}, set()
    for path in lists_of(marked, who).values():
        first = f"{path}?per_page=200"
        waiting = [f"{path}?per_page=200&page=last", first]
        seen: set[str] = set()
        while waiting:
            url = waiting.pop()
            if url in seen or len(seen) > 60:
                continue
            seen.add(url)
            answer = browser.get(url)
            assert answer.status_code == 200, url
            page = shown(answer)
            own |= watched.own(page)
            if watched.leaks(page):
                leaks[url] = watched.leaks(page)
            waiting += variants(answer.text, sorts=url == first)

    assert leaks == {}
    assert own or who.letter == "P"


@pytest.mark.parametrize("name", CRAWLERS)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_export_holds_a_foreign_row(
    marked: Site, eyes: dict[str, tuple[Reach, Eyes]], name: str, kind: str
) -> None:
    who, (_reach, watched) = ATTACKERS[name], eyes[name]
    browser = foreign.client(marked, who)
    leaks, own = {}, set()
    for endpoint, path in exports_of(marked, who).items():
        for query in ("", "?tab=confirmed", "?tab=physicians", "?sort=-name"):
            answer = browser.get(f"{path}{kind}{query}")
            assert answer.status_code == 200, (endpoint, query)
            content = shown(answer)
            own |= watched.own(content)
            if watched.leaks(content):
                leaks[endpoint, query] = watched.leaks(content)

    assert leaks == {}
    assert own or who.letter == "P"


def forget_exports(site: Site) -> None:
    """Drop what the trail tells of exports: it repeats what the person typed."""
    with site.session() as session:
        session.execute(delete(m.TrailEntry).where(m.TrailEntry.action == "export"))
        session.commit()


@pytest.mark.parametrize("name", [n for n, w in ATTACKERS.items() if w.letter in "HGA"])
def test_no_filter_finds_a_foreign_row_by_its_exact_name_number_or_id(
    marked: Site, eyes: dict[str, tuple[Reach, Eyes]], name: str
) -> None:
    who, (reach, watched) = ATTACKERS[name], eyes[name]
    browser = foreign.client(marked, who)
    physician = reach.rows(m.Physician)[1][-1]
    department = reach.rows(m.Department)[1][-1]
    house = reach.rows(m.Institution)[1][-1]
    probes = [
        {"name": physician.name},
        {"id_number": physician.id_number},
        {"department": str(department.id)},
        {"department": department.name},
        {"institution": house.name},
        {"institution": str(house.id)},
        {"name": house.name, "body": house.name, "uscc": house.uscc},
        {"name": department.name},
        {"who": "党晓峰", "role": "INSTITUTION"},
        {"institution_id": str(house.id), "physician_id": str(physician.id), "pk": "1", "id": "1"},
        {"_flt_0_id": str(physician.id), "_flt_0_institution": str(house.id)},
    ]
    leaks = {}
    paths = [*lists_of(marked, who).values()]
    paths += [f"{path}csv" for path in exports_of(marked, who).values()]
    for path in paths:
        for probe in probes:
            answer = browser.get(f"{path}?{urlencode(probe)}")
            assert answer.status_code in (200, 400), (path, probe)
            # what was typed stands in the filter and in links again, but in no cell
            page = re.sub(r"<[^>]+>", " ", shown(answer))
            if path.endswith("csv"):
                page = page.partition("\n")[2]  # nor in any row: the first line tells the filter
                forget_exports(marked)
            if found := watched.leaks(page):
                leaks[path, str(probe)] = found

    assert leaks == {}


def test_a_filter_finds_the_own_row_by_the_same_means(
    marked: Site, eyes: dict[str, tuple[Reach, Eyes]]
) -> None:
    browser = foreign.client(marked, ATTACKERS["clerk"])
    physician = eyes["clerk"][0].rows(m.Physician)[0][-1]

    for tab in ("unconfirmed", "confirmed"):
        pages = [
            browser.get(f"/physicians/list/?{urlencode({'tab': tab, **probe})}").text
            for probe in ({"name": physician.name}, {"id_number": physician.id_number})
        ]
        found = [physician.id_masked in page for page in pages]
        if any(found):
            break

    assert found == [True, True]


def crawl(browser: Any) -> Iterator[tuple[str, Any]]:
    """Follow every link from the home page, few of each kind."""
    waiting = ["/", "/password/change", "/switch/"]
    kinds: dict[tuple[str, ...], int] = {}
    seen: set[str] = set()
    while waiting and len(seen) < MOST_PAGES:
        url = waiting.pop(0)
        parts = urlsplit(url)
        kind = re.sub(r"[0-9a-f]{32}|[0-9]+", "N", parts.path)
        names = sorted(pair.partition("=")[0] for pair in parts.query.split("&") if pair)
        kinds[kind, *names] = kinds.get((kind, *names), 0) + 1
        is_foreign_site = parts.scheme or parts.netloc or not parts.path.startswith("/")
        if url in seen or is_foreign_site or parts.path.startswith(("/static/", "/lang/")):
            continue
        if kinds[kind, *names] > MOST_OF_A_KIND:
            continue
        seen.add(url)
        answer = browser.get(url)
        yield url, answer
        if "html" in answer.content_type:
            waiting += [unescape(link) for link in re.findall(r'href="([^"#]+)"', answer.text)]


def options(page: str) -> Iterator[tuple[str, list[str]]]:
    """Give every drop-down with the values it offers."""
    for name, inner in re.findall(r'(?s)<select[^>]*\bname="([^"]+)"[^>]*>(.*?)</select>', page):
        yield name, re.findall(r'<option[^>]*\bvalue="([^"]*)"', inner)


@pytest.mark.parametrize("name", CRAWLERS)
def test_no_page_that_can_be_reached_shows_or_offers_anything_foreign(
    marked: Site, eyes: dict[str, tuple[Reach, Eyes]], name: str
) -> None:
    who, (reach, watched) = ATTACKERS[name], eyes[name]
    offered = {
        select_name: {str(row.id) for row in reach.rows(model)[0]}
        | ({str(i) for i in watched.allowed["a"]} if model is m.Agency else set())
        for select_name, model in SELECTS.items()
        if model is not None
    }
    leaks, unknown, wrong, count = {}, set(), {}, 0
    for url, answer in crawl(foreign.client(marked, who)):
        count += 1
        assert answer.status_code < 400, url
        page = shown(answer)
        if watched.leaks(page):
            leaks[url] = watched.leaks(page)
        for select_name, values in options(page):
            if select_name not in SELECTS:
                unknown.add(select_name)
            elif SELECTS[select_name] is not None:
                others = set(values) - offered[select_name] - {"", "__None"}
                if others:
                    wrong[url, select_name] = others

    assert leaks == {}
    assert wrong == {}
    assert unknown == set(), "say in SELECTS what these drop-downs offer"
    assert count >= (5 if who.letter == "P" else 20)


def test_the_json_of_specialties_knows_no_foreign_department(
    marked: Site, eyes: dict[str, tuple[Reach, Eyes]]
) -> None:
    own, others = eyes["physician"][0].rows(m.Department)
    browser = foreign.client(marked, ATTACKERS["physician"])

    def ask(row: Any) -> int:
        answer = browser.get(f"/registration/specialties?department={row.id}")
        return int(answer.status_code)

    assert {ask(row) for row in others} == {404}
    assert 200 in {ask(row) for row in own}


def test_the_trail_an_authority_reads_is_of_its_own_area(
    marked: Site, eyes: dict[str, tuple[Reach, Eyes]]
) -> None:
    reach, watched = eyes["county"]
    browser = foreign.client(marked, ATTACKERS["county"])
    text = "".join(
        browser.get(f"/trail/list/?per_page=200&page={number}").text for number in range(1, 9)
    )

    assert watched.leaks(text) == []
    with marked.session() as session:
        others = session.scalars(
            select(m.Institution.name).where(
                ~m.Institution.authority_path.startswith(reach.actor.authority_path)
            )
        ).all()
    assert [name for name in others if name in text] == []
