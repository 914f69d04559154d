"""The physician list for a clerk and for a province, beside a bare WSGI page of the same query."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import psycopg
from jinja2 import Environment

from app import create_app
from app.operations.physicians import id_index
from bench.country_site import Bench
from bench.harness import Report, paired
from bench.served import Browser, served

PAGE = """<!doctype html><title>医师列表</title>
<p>未确认参加 {{ rows[0][0] if rows }} 已确认参加 {{ rows[0][1] if rows }}</p>
<table>{% for row in rows %}
<tr><td>{{ loop.index }}{% for cell in row[2:] %}<td>{{ cell }}{% endfor %}</tr>{% endfor %}</table>"""

COUNT = """(SELECT count(*) FROM (SELECT FROM participation t {join}
 WHERE t.cycle_id = %(cycle)s AND t.status IN ({states}) AND {scope} {more} LIMIT 10001) c)"""

ROWS = """
SELECT {waiting}, {confirmed}, d.name, p.name, p.birth_date, p.id_masked, p.category, p.level,
       p.licensed_on, p.first_registered_on
  FROM participation t
  JOIN physician p ON p.id = t.physician_id
  JOIN department d ON d.id = p.department_id
 WHERE t.cycle_id = %(cycle)s AND t.status IN ('UNCONFIRMED', 'AWAY') AND {scope} {more}
 ORDER BY {order} OFFSET %(offset)s LIMIT 10
"""


def shown(*, scope: str, more: str, order: str) -> str:
    """Give the one statement of a bare page: what the list shows, its rows and both tabs' counts."""
    join = "JOIN physician p ON p.id = t.physician_id" if more else ""
    counts = [
        COUNT.format(states=states, scope=scope, more=more, join=join)
        for states in ("'UNCONFIRMED', 'AWAY'", "'CONFIRMED'")
    ]
    return ROWS.format(waiting=counts[0], confirmed=counts[1], scope=scope, more=more, order=order)


def bare_application(dsn: str, statement: str, values: dict[str, Any]) -> Any:
    """Give a WSGI application of one connection, one statement and one template."""
    template = Environment(autoescape=True).from_string(PAGE)
    connection = psycopg.connect(dsn, autocommit=True)

    def application(_environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        page = template.render(rows=connection.execute(statement, values).fetchall()).encode()
        sized = ("Content-Length", str(len(page)))
        start("200 OK", [("Content-Type", "text/html; charset=utf-8"), sized])
        return [page]

    return application


def measure(bench: Bench, report: Report) -> None:
    """Measure every page of the issue's list, both served by the program's WSGI server."""
    with served(lambda: create_app(bench.config)) as port:
        _measure(bench, report, port)


def _measure(bench: Bench, report: Report, port: int) -> None:
    facts = bench.facts
    clerk, province = bench.browser(facts["clerk"]), bench.browser(facts["province_account"])
    own = {"cycle": facts["cycle_id"], "body": facts["institution_id"], "offset": 0}
    wide = {"cycle": facts["cycle_id"], "body": facts["province_id"], "offset": 0}
    sample = facts["samples"][0]
    index = id_index(sample["id_number"])
    mine, ours = "t.institution_id = %(body)s", "t.province_id = %(body)s"
    named = "AND p.name LIKE %(name)s"
    numbered = "AND p.id_index = %(index)s"
    by_id = "t.physician_id, t.id"
    cases: list[tuple[str, Any, str, str, str, dict[str, Any]]] = [
        ("clerk page 1", clerk, "", mine, "", own),
        ("clerk name", clerk, "name=王", mine, named, own | {"name": "王%"}),
        ("clerk ID number", clerk, f"id_number={sample['id_number']}", mine, numbered,
         own | {"index": index}),
        ("province page 1", province, "", ours, "", wide),
        ("province name", province, "name=王丽", ours, named, wide | {"name": "王丽%"}),
        ("province ID number", province, f"id_number={sample['id_number']}", ours, numbered,
         wide | {"index": index}),
        ("province page 10,000", province, "page=10000", ours, "", wide | {"offset": 99_990}),
    ]  # fmt: skip
    medians = {}
    for name, client, query, scope, more, values in cases:
        statement = shown(scope=scope, more=more, order=by_id)
        medians[name] = one(bench, report, port, name, client, query, statement, values)
    backwards = shown(scope=ours, more="", order="t.physician_id DESC, t.id DESC")
    one(bench, report, port, "province last page", province, "page=last", backwards, wide)
    report.add(
        "province page 1 / clerk page 1",
        medians["province page 1"] / medians["clerk page 1"],
        "x",
        beside="clerk page 1",
        ratio=medians["province page 1"] / medians["clerk page 1"],
    )


def one(
    bench: Bench,
    report: Report,
    port: int,
    name: str,
    client: Any,
    query: str,
    statement: str,
    values: dict[str, Any],
) -> float:
    """Measure one page; give its median in milliseconds."""
    path = f"/physicians/list/?{quote(query, safe='=&')}"
    browser = Browser(port, f"dingkao={client.get_cookie('dingkao').value}")
    client.get(path)  # what is kept per person and per version of the roles is no part of a page
    statements = bench.count_statements(lambda: client.get(path))
    with served(lambda: bare_application(bench.dsn, statement, values)) as bare_port:
        bare = Browser(bare_port)
        value, _bare, ratio = paired(
            lambda: browser.get(path), lambda: bare.get("/"), runs=41, warm=12
        )
    report.add(f"list: {name}", value, "ms", beside="bare WSGI page", ratio=ratio)
    report.add(f"list: {name}, SQL", statements, "statements")
    return value
