"""考核统计: each figure equals the list behind it, and nobody counts what is not theirs."""

import csv
import io
import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import func, select

from app.enums import AssessmentStatus, Category, Procedure, Role
from app.models import Assessment, Authority, Cycle, Institution, Participation
from app.queries import statistics
from app.queries.statistics import Part
from tests.support.site import Site
from tests.views.casebrowser import page, statements, text

pytestmark = pytest.mark.both

URL = "/statistics/"
PEOPLE = (
    ("province", Role.AUTHORITY),
    ("city-2", Role.AUTHORITY),
    ("county", Role.AUTHORITY),
    ("hospital", Role.INSTITUTION),
    ("agency", Role.AGENCY),
)


def table(html: str) -> list[list[str]]:
    body = re.search(r'(?s)<table class="grid stats">.*?<tbody>(.*?)</tbody>', html)
    assert body is not None
    found = re.findall(r"(?s)<tr[^>]*>(.*?)</tr>", body[1])
    return [[text(cell) for cell in re.findall(r"(?s)<td[^>]*>(.*?)</td>", row)] for row in found]


def links(html: str) -> list[tuple[str, int]]:
    """Give the address behind each figure, with the figure."""
    main = html.split('<main id="main"', 1)[1]
    found = re.findall(r'<a href="(/(?:progress|physicians)/list/[^"]*)">(\d+)</a>', main)
    return [(unescape(url), int(number)) for url, number in found]


def total(html: str) -> int:
    found = re.search(r"共(\d+)条记录", text(html))
    return int(found[1]) if found else 0


@pytest.mark.parametrize(("who", "role"), PEOPLE)
def test_every_figure_equals_the_list_it_opens(shared_site: Site, who: str, role: Role) -> None:
    client = shared_site.client(who, role)
    tabs = re.findall(r'href="(/statistics/\?[^"]*by=[a-z]+[^"]*)"', page(client, URL))
    assert len(tabs) >= 3
    checked: dict[str, int] = {}
    for tab in dict.fromkeys(unescape(one) for one in tabs):
        for url, number in links(page(client, tab)):
            assert checked.setdefault(url, number) == number, url
    assert len(checked) > 20
    for url, number in checked.items():
        assert total(page(client, url)) == number, url


def test_the_rows_add_up_to_the_total_in_every_grouping(shared_site: Site) -> None:
    client = shared_site.client("province")
    totals = set()
    for by in ("area", "institution", "kind", "category", "level", "procedure"):
        rows = table(page(client, f"{URL}?by={by}"))
        sums = [sum(int(row[n]) for row in rows[:-1]) for n in range(1, 9)]
        assert sums == [int(cell) for cell in rows[-1][1:9]], by
        totals.add(tuple(sums))
    assert len(totals) == 1


def test_going_down_leads_from_the_province_to_the_county(shared_site: Site) -> None:
    client = shared_site.client("province")
    html = page(client, URL)
    down = re.findall(r'<td[^>]*><a href="(/statistics/\?[^"]*area=\d+[^"]*)">([^<]+)</a>', html)
    assert down
    for url, name in down:
        below = page(client, unescape(url))
        row = next(row for row in table(html) if row[0] == name)
        assert table(below)[-1][1:9] == row[1:9], name


def test_a_sibling_s_region_and_cycle_do_not_exist(shared_site: Site) -> None:
    actor = shared_site.actor("city-2")
    own = actor.authority_path
    with shared_site.session() as session:
        others = session.scalars(select(Authority.id).where(~Authority.path.startswith(own))).all()
        foreign_cycle = session.scalars(
            select(Cycle.id).where(Cycle.province_id != actor.province_id)
        ).first()
    client = shared_site.client("city-2")

    for pk in others:
        assert client.get(f"{URL}?area={pk}").status_code == 404
        assert client.get(f"/statistics/export/csv?area={pk}").status_code == 404
    assert client.get(f"{URL}?cycle={foreign_cycle}").status_code == 404
    assert shared_site.client("hospital").get(f"{URL}?by=institution").status_code == 404
    assert shared_site.client("hospital").get(f"{URL}?by=area").status_code == 404


def test_the_sums_are_those_of_the_actor_s_scope(shared_site: Site) -> None:
    for who, role in PEOPLE:
        actor = shared_site.actor(who, role)
        with shared_site.session(who) as session:
            from app.security.actor import acting_as

            with acting_as(actor):
                cycle = statistics.cycles_of(session, province_id=actor.province_id)[0]
                seats = session.scalar(
                    select(func.count(Participation.id)).where(Participation.cycle_id == cycle.id)
                )
                cases = session.scalar(
                    select(func.count(Assessment.id)).where(Assessment.cycle_id == cycle.id)
                )
                found = statistics.by_status(session, [cycle.id], part=Part())
        assert sum(found.values()) == cases, who
        assert seats is not None
        assert seats >= sum(found.values())


def test_narrowing_leaves_what_has_the_words(shared_site: Site) -> None:
    client = shared_site.client("province")
    whole = table(page(client, f"{URL}?by=category"))
    word = next(row for row in whole if row[0] == Category.CLINICAL.value)

    narrowed = table(page(client, f"{URL}?by=area&category=CLINICAL"))[-1]

    assert narrowed[1:9] == word[1:9]
    one = table(page(client, f"{URL}?by=area&procedure={Procedure.GENERAL.name}"))[-1]
    with shared_site.session("province") as session:
        stopped = session.scalar(
            select(func.count(Assessment.id)).where(
                Assessment.status == AssessmentStatus.HALTED,
                Assessment.procedure == Procedure.GENERAL,
            )
        )
    assert one[1:3] == ["0", str(stopped)]  # without a case no procedure; who is stopped keeps it


def test_the_table_is_sent_as_a_file(shared_site: Site) -> None:
    client = shared_site.client("province")
    answer = client.get("/statistics/export/csv?by=institution")
    lines = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))

    names = {row[0] for row in lines}
    with shared_site.session("province") as session:
        houses = set(session.scalars(select(Institution.name)))
    assert len(names & houses) > 1
    assert lines[-1][0] == "合计"
    assert client.get("/statistics/export/exe").status_code == 404
    assert client.get("/statistics/export/xlsx").data.startswith(b"PK")


@pytest.mark.parametrize("by", ["area", "institution", "kind", "category"])
def test_the_page_costs_few_statements_however_many_rows(shared_site: Site, by: str) -> None:
    client: Any = shared_site.client("province")
    page(client, f"{URL}?by={by}")
    with statements(shared_site) as sent:
        page(client, f"{URL}?by={by}")
    assert len(sent) <= 12, sent


def test_an_exact_name_finds_no_other_that_begins_with_it(site: Site) -> None:
    with site.session() as session:
        own = session.scalars(select(Institution).where(Institution.name == "平城区医院")).one()
        other = session.scalars(
            select(Institution).where(
                Institution.province_id == own.province_id, Institution.id != own.id
            )
        ).first()
        other.name = "平城区医院城东分院"
        session.commit()
    client = site.client("province")

    both = total(page(client, "/progress/list/?institution=平城区"))
    exact = total(page(client, "/progress/list/?institution=平城区医院"))

    assert 0 < exact < both


def test_the_curve_ends_with_the_rates_of_the_page(shared_site: Site) -> None:
    html = page(shared_site.client("province"), URL)
    whole = next(row for row in table(html) if row[0] == "合计")
    confirmed, reported, reviewed, completed = (int(cell) for cell in whole[3:7])
    days = re.findall(r"(?s)<caption[^>]*>逐日数据</caption>.*?<tbody>(.*?)</tbody>", html)
    newest = [text(cell) for cell in re.findall(r"(?s)<td[^>]*>(.*?)</td>", days[0])][1:4]
    assert newest == [
        f"{100 * part // confirmed}%（{part}/{confirmed}）"
        for part in (reported, reviewed, completed)
    ]
    assert len(re.findall(r'<polyline class="curve-\d" points="[\d, ]+"', html)) == 3
    assert "逐日数据" not in page(shared_site.client("province"), f"{URL}?category=DENTAL")
    assert "逐日数据" not in page(shared_site.client("hospital"), URL)


def test_a_row_tells_where_most_of_its_unfinished_cases_stand(shared_site: Site) -> None:
    for row in table(page(shared_site.client("city-2"), f"{URL}?by=institution")):
        confirmed, reported, reviewed, completed = (int(cell) for cell in row[3:7])
        stages = {
            "未填报": confirmed - reported,
            "待审核复核": reported - reviewed,
            "待测评认定": reviewed - completed,
        }
        word, most = max(stages.items(), key=lambda stage: stage[1])
        held = f"{word} {most}" if most else "—"
        assert row[-1] == held
