"""Import of 20,000 and of 100,000 rows: read, checked, planned, stored, beside COPY of the same rows.

COPY is measured twice: of the physicians alone, and of all rows that an import leaves (physician,
account, identity, participation, trail). Both into tables with the same columns and indexes, the
encrypted values computed beforehand.
"""

import random
import time
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.demo.people import People
from app.enums import ImportKind, Sex
from app.exchange import intake
from app.exchange.export import xlsx_file
from app.exchange.physician_columns import PHYSICIAN_COLUMNS
from app.exchange.sheet import ReadLimits
from app.exchange.target import Choices, ImportPlan
from app.exchange.targets import TARGETS
from app.extensions import db
from app.models import Institution
from app.security.actor import acting_as
from app.security.id_numbers import normalise_id_number
from app.views.clock import now, today
from bench.country_site import Bench
from bench.harness import Report

ROSTERS = {"150402": 20_000, "150403": 100_000}
"""How many people of which region: nobody is in two files."""
LIMITS = ReadLimits(
    max_bytes=50 << 20, max_rows=max(ROSTERS.values()), max_text=250 << 20, memory=4 << 30,
    max_unpacked=1 << 30, cpu_seconds=300, wall_seconds=300,
)  # fmt: skip
LEFT = ("physician", "ab_user", "identity", "participation", "trail_entry")


def measure(bench: Bench, report: Report) -> None:
    """Import rosters into the clerk's institution, and copy the same rows elsewhere."""
    for region, number in ROSTERS.items():
        _import(bench, report, region, number)


def _import(bench: Bench, report: Report, region: str, number: int) -> None:
    with TemporaryDirectory() as folder:
        content = roster(Path(folder), number, region=region)
    actor = bench.site.actor(bench.facts["clerk"])
    before = {name: _last(bench, name) for name in LEFT}
    marks = [time.perf_counter()]
    with bench.site.app.app_context(), acting_as(actor):
        session = db.session()
        owner = session.get_one(Institution, actor.institution_id)
        target = TARGETS[ImportKind.PHYSICIAN]
        sheet = intake.read(target, content, "roster.xlsx", limits=LIMITS)
        marks.append(time.perf_counter())
        checked = target.check(sheet.rows, today=today())
        marks.append(time.perf_counter())
        rows = tuple(target.place(session, checked, owner=owner))
        missing = target.missing(session, rows)
        plan = ImportPlan(target, owner, rows, missing, ())
        marks.append(time.perf_counter())
        result = intake.run(session, plan, choices=Choices(), actor=actor, at=now())
        session.commit()
        marks.append(time.perf_counter())
    if result.created != number:
        raise RuntimeError(f"{result.created} of {number} rows were imported")
    copied = {name: _copied(bench, name, since=before[name]) for name in LEFT}
    total, label = marks[-1] - marks[0], f"import of {number:,} rows"
    every = sum(copied.values())
    report.add(label, total, "s", beside="COPY of the same rows", ratio=total / every)
    bare = copied["physician"]
    report.add(f"{label}, one table", total, "s", beside="COPY of physicians", ratio=total / bare)
    names = ("read the workbook", "check", "plan", "store")
    for name, start, end in zip(names, marks, marks[1:], strict=False):
        report.add(f"{label}: {name}", end - start, "s")


def roster(folder: Path, rows: int, *, region: str = "150402") -> bytes:
    """Make a workbook of so many people of one region."""
    draw = random.Random(7)
    people = People(draw)
    values = [_row(number, draw, people, region) for number in range(1, rows + 1)]
    target = folder / "roster.xlsx"
    headers = [column.header for column in PHYSICIAN_COLUMNS]
    xlsx_file(headers, values, target, sheet_name="医师名单")
    return target.read_bytes()


def _row(number: int, draw: random.Random, people: People, region: str) -> tuple[Any, ...]:
    born = date(1964, 1, 1) + timedelta(days=number % 10_000)
    sex = draw.choice(list(Sex))
    order = (number // 10_000) * 50 + draw.randrange(25) * 2 + (sex is Sex.MALE)
    person = normalise_id_number(f"{region}{born:%y%m%d}{order % 1000:03d}")
    licensed = born.replace(year=born.year + 28, day=1)
    values = {
        "序号": number,
        "科室": "批量导入科室",
        "姓名": people.name(sex),
        "性别": sex.value,
        "证件类型": "居民身份证",
        "证件号码": person,
        "出生日期": born,
        "民族": "汉族",
        "学历": "大学本科",
        "手机号码": f"139{number:08d}",
        "医师级别": "执业医师",
        "执业类别": "临床",
        "执业范围": "内科专业",
        "职称": "医师",
        "医师资格证书编码": f"{licensed.year - 1}15110{person}",
        "医师执业证书编码": f"110150402{number:06d}",
        "执业证取得时间": licensed,
        "首次注册时间": licensed + timedelta(days=90),
    }
    return tuple(values[column.header] for column in PHYSICIAN_COLUMNS)


def _last(bench: Bench, table: str) -> int:
    with bench.bare.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")  # noqa: S608 - a name of ours
        return int(next(iter(cursor))[0])


def _copied(bench: Bench, table: str, *, since: int) -> float:
    """Seconds that COPY takes for what the import left in a table."""
    found = f"SELECT * FROM {table} WHERE id > {since} ORDER BY id"  # noqa: S608 - words of ours
    with bench.bare.cursor() as cursor:
        with cursor.copy(f"COPY ({found}) TO STDOUT") as source:
            lines = [bytes(line) for line in source]
        cursor.execute(f"CREATE TABLE copied (LIKE {table} INCLUDING ALL)")
        started = time.perf_counter()
        with cursor.copy("COPY copied FROM STDIN") as target:
            for start in range(0, len(lines), 500):
                target.write(b"".join(lines[start : start + 500]))
        seconds = time.perf_counter() - started
        cursor.execute("DROP TABLE copied")
    return seconds
