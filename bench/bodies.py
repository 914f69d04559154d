"""The bodies of the big country and their open cycles, copied into their tables."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from psycopg import sql

from app.periods import local_day
from app.rules import CycleRules
from bench import lines
from bench.country import AGENCIES, Plan

WINDOWS = ("CYCLE", "AGENCY_APPLICATION", "REGISTRATION", "REVIEW", "EXAMINATION")


def copy_lines(cursor: Any, table: str, columns: Iterable[str], rows: Iterator[str]) -> None:
    """Send lines of COPY's text format."""
    with cursor.copy(_copy_statement(table, columns)) as copy:
        for block in lines.blocks(rows):
            copy.write(block)


def _copy_statement(table: str, columns: Iterable[str]) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)


def _table(cursor: Any, table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Copy rows of a few columns; every table gets what its model would give by default."""
    text = ("\t".join(r"\N" if v is None else str(v) for v in row) + "\n" for row in rows)
    copy_lines(cursor, table, columns.split(), text)


def copy_bodies(cursor: Any, country: Plan, *, at: datetime) -> None:
    """Copy authorities, institutions, agencies, departments, cycles and appointments."""
    _table(
        cursor,
        "authority",
        "id code name level path status province_id parent_id",
        (
            (
                b.id,
                b.code,
                b.name,
                b.level,
                b.path,
                "ACTIVE",
                b.province_id or None,
                b.parent_id or None,
            )
            for b in country.authorities
        ),
    )
    _table(
        cursor,
        "institution",
        "id uscc name kind grade ownership beds may_apply_as_agency status version"
        " province_id authority_path authority_id",
        (
            (h.id, h.uscc, h.name, "HOSPITAL", "SECOND_A", "NON_PROFIT", 300, "f", "ACTIVE", 1,
             h.authority.province_id, h.authority.path, h.authority.id)
            for h in country.hospitals
        ),
    )  # fmt: skip
    _table(
        cursor,
        "agency",
        "id name kind status province_id authority_path authority_id",
        (
            (place * AGENCIES + n + 1, f"{p.name[:4]}第{n + 1}医师定期考核中心", "SOCIETY",
             "ACTIVE", p.id, p.path, p.id)
            for place, p in enumerate(country.provinces)
            for n in range(AGENCIES)
        ),
    )  # fmt: skip
    _departments(cursor, country)
    _cycles(cursor, country, at=at)
    _table(
        cursor,
        "appointment",
        "status appointed_at version province_id authority_path cycle_id institution_id agency_id",
        (
            ("ACTIVE", at - timedelta(days=60), 1, h.authority.province_id, h.authority.path,
             cycle_of(country, h.authority.province_id), h.id, h.agency_id)
            for h in country.hospitals
        ),
    )  # fmt: skip


def _departments(cursor: Any, country: Plan) -> None:
    names = ("内科", "外科", "儿科", "口腔科", "中医科")
    cursor.execute("SELECT code, id FROM subject")
    known = dict(cursor.fetchall())
    subjects = [known[code] for code in ("03", "04", "07", "12", "50")]
    _table(
        cursor,
        "department",
        "id name status version province_id authority_path institution_id",
        (
            (number, names[n], "ACTIVE", 1, h.authority.province_id, h.authority.path, h.id)
            for h in country.hospitals
            for n, number in enumerate(h.departments)
        ),
    )
    _table(
        cursor,
        "department_subject",
        "province_id institution_id department_id subject_id",
        (
            (h.authority.province_id, h.id, number, subjects[n])
            for h in country.hospitals
            for n, number in enumerate(h.departments)
        ),
    )


def _cycles(cursor: Any, country: Plan, *, at: datetime) -> None:
    today = local_day(at)
    first, last = today - timedelta(days=60), today + timedelta(days=150)
    rules = json.dumps(CycleRules().to_document()).replace("\\", "\\\\")
    _table(
        cursor,
        "cycle",
        "id label starts_on last_day status rules version province_id authority_path",
        (
            (cycle_of(country, p.id), "02", first, last, "OPEN", rules, 1, p.id, p.path)
            for p in country.provinces
        ),
    )
    _table(
        cursor,
        "cycle_window",
        "kind starts_on last_day province_id cycle_id",
        (
            (kind, first, last, p.id, cycle_of(country, p.id))
            for p in country.provinces
            for kind in WINDOWS
        ),
    )


def cycle_of(country: Plan, province_id: int) -> int:
    """Give the id of a province's open cycle."""
    return [province.id for province in country.provinces].index(province_id) + 1
