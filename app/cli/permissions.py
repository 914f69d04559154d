"""``dingkao permissions``: role × permission × row scope, as the pages enforce it."""

import sys
import unicodedata
from collections.abc import Sequence

import click

from app.cli.schema import storage
from app.exchange.export import csv_chunks
from app.queries.permissions import Made, Right, made_in_pages, matrix

_HEADERS = ("角色", "类型", "页面", "权限", "数据范围", "代码")


@click.command()
@click.option("--csv", "as_csv", is_flag=True, help="write CSV instead of a table")
@click.option("--declared", is_flag=True, help="roles of the code only; reads no database")
def permissions(as_csv: bool, declared: bool) -> None:
    """Print the whole matrix of roles and permissions."""
    made: Made = ()
    if not declared:
        with storage() as session:
            made = made_in_pages(session)
    rows = [_row(right) for right in matrix(made)]
    if as_csv:
        for chunk in csv_chunks(_HEADERS, rows, banner=None):
            sys.stdout.buffer.write(chunk)
        return
    for line in _table([_HEADERS, *rows]):
        click.echo(line)


def _row(right: Right) -> tuple[str, ...]:
    return (
        str(right.role_word),
        "系统内置" if right.is_builtin else "页面设置",
        str(right.view_word),
        str(right.verb_word),
        right.scope,
        f"{right.view}.{right.verb}",
    )


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(_width(row[n]) for row in rows) for n in range(len(rows[0]))]
    return [
        "  ".join(
            text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
