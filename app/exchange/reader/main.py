"""Reads one JSON line (the order) and the file from stdin, writes one JSON object to stdout.

Started alone, under limits, and thrown away. It evaluates nothing: a formula comes back as its text.
"""

import gc
import json
import sys
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from .csvs import csv_grid
from .table import Grid, Unreadable, find_table


def main() -> None:
    """Carry out the order on stdin."""
    gc.disable()  # the process ends with the file; looking for cycles doubles its time
    order = json.loads(sys.stdin.buffer.readline())
    _limit_resources(order["memory"], order["cpu_seconds"])
    content = sys.stdin.buffer.read()
    try:
        answer = find_table(_sheets(content, order), order)
    except Unreadable as refusal:
        answer = {"refused": refusal.args[0], "details": dict(*refusal.args[1:])}
    except MemoryError:
        answer = {"refused": "too_much_memory", "details": {}}
    sys.stdout.write(json.dumps(answer, default=_encode, ensure_ascii=True))


def _sheets(content: bytes, order: dict[str, Any]) -> Iterable[tuple[str, Grid]]:
    if order["format"] == "csv":
        return [("CSV", csv_grid(content, order["headers"]))]
    from .books import workbook_sheets  # heavy: only for workbooks, and only under the limits

    return workbook_sheets(content, order["format"])


def _limit_resources(memory: int, cpu_seconds: int) -> None:
    import resource  # absent on Windows, where this program is not run

    for kind, limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))


def _encode(value: object) -> object:
    if isinstance(value, (datetime, date)):
        return {"date": value.isoformat()}
    return str(value)
