"""100,000 rows of a province as CSV and as Excel: seconds, first byte, memory growth.

Beside a bare COPY of the same rows, and beside a bare XlsxWriter that writes what COPY gave.
"""

import csv
import io
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import xlsxwriter

from bench.country_site import Bench
from bench.harness import Report, resident

ROWS = 100_000
COPY = """COPY (
SELECT d.name, p.name, p.birth_date, p.id_masked, p.category, p.level, p.licensed_on,
       p.first_registered_on
  FROM participation t JOIN physician p ON p.id = t.physician_id
  JOIN department d ON d.id = p.department_id
 WHERE t.province_id = {province} AND t.cycle_id = {cycle}
   AND t.status IN ('UNCONFIRMED', 'AWAY') AND p.first_registered_on <= '{until}'
 ORDER BY t.physician_id, t.id) TO STDOUT (FORMAT csv)"""


def measure(bench: Bench, report: Report) -> None:
    """Measure the export of the physicians registered first, about 100,000 of them."""
    facts = bench.facts
    until = bench.bare.execute(
        "SELECT p.first_registered_on FROM physician p JOIN participation t ON t.physician_id = p.id"
        " WHERE t.province_id = %s AND t.status IN ('UNCONFIRMED', 'AWAY')"
        " ORDER BY 1 OFFSET %s LIMIT 1",
        (facts["province_id"], ROWS),
    ).fetchone()
    if until is None:
        raise RuntimeError("the province has fewer than 100,000 unconfirmed physicians")
    bench.site.app.config["JOB_EXPORT_ROWS"] = 0  # streamed, not handed to a worker
    client = bench.browser(facts["province_account"])
    url = f"/physicians/export/csv?first_registered_to={until[0].isoformat()}"
    statement = COPY.format(
        province=facts["province_id"], cycle=facts["cycle_id"], until=until[0].isoformat()
    )
    seconds, firsts, growths, ratios = [], [], [], []
    for _ in range(3):
        total, first, growth, lines = _export(client, url)
        bare = _copy(bench, statement)
        seconds.append(total)
        firsts.append(first)
        growths.append(growth)
        ratios.append(total / bare)
    if lines < ROWS // 2:
        raise RuntimeError(f"the export has {lines} lines")
    report.add("CSV export, rows", lines, "rows")
    report.add("CSV export", median(seconds), "s", beside="COPY TO STDOUT", ratio=median(ratios))
    report.add("CSV export, first byte", median(firsts) * 1000, "ms")
    report.add("CSV export, memory growth", median(growths), "MB")
    _measure_workbook(bench, report, client, url.replace("/csv?", "/xlsx?"), statement)


def _measure_workbook(bench: Bench, report: Report, client: Any, url: str, statement: str) -> None:
    total, _first, growth, _lines = _export(client, url)
    rows = list(csv.reader(io.StringIO(_copied(bench, statement).decode())))
    started = time.perf_counter()
    _bare_workbook(rows)
    bare = time.perf_counter() - started
    report.add("Excel export", total, "s", beside="bare XlsxWriter", ratio=total / bare)
    report.add("Excel export, memory growth", growth, "MB")


def _bare_workbook(rows: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        book = xlsxwriter.Workbook(str(Path(folder) / "a.xlsx"), {"constant_memory": True})
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for position, value in enumerate(row):
                sheet.write_string(number, position, value)
        book.close()


def _export(client: Any, url: str) -> tuple[float, float, float, int]:
    before = peak = resident()
    lines = 0
    started = time.perf_counter()
    answer = client.get(url, buffered=False)
    first = 0.0
    for chunk in answer.response:
        first = first or time.perf_counter() - started
        lines += chunk.count(b"\n")
        peak = max(peak, resident())
    total = time.perf_counter() - started
    answer.close()
    if answer.status_code != 200:
        raise RuntimeError(f"{url}: {answer.status_code}")
    return total, first, peak - before, lines


def _copy(bench: Bench, statement: str) -> float:
    started = time.perf_counter()
    _copied(bench, statement)
    return time.perf_counter() - started


def _copied(bench: Bench, statement: str) -> bytes:
    with bench.bare.cursor() as cursor, cursor.copy(statement) as rows:
        return b"".join(bytes(chunk) for chunk in rows)
