"""``dingkao demo``: loads the demo once and prints its accounts."""

import click

from app.cli.schema import storage
from app.demo import DemoSummary, is_loaded, load, renew_initial_accounts, summary
from app.demo.accounts import PASSWORD
from app.enums import AccountState
from app.views.clock import now

INITIAL = "666666"


def ensure(*, seed: int = 2024, hospitals: int = 6, physicians: int = 240) -> DemoSummary:
    """Load the demo unless it is there, and renew its two untouched initial accounts."""
    with storage() as session:
        if not is_loaded(session):
            load(session, at=now(), seed=seed, hospitals=hospitals, physicians=physicians)
        else:
            renew_initial_accounts(session, at=now())
        session.commit()
        return summary(session)


@click.command()
@click.option("--seed", default=2024, show_default=True, help="same seed, same people")
@click.option("--hospitals", default=6, show_default=True)
@click.option("--physicians", default=240, show_default=True, help="in all hospitals together")
def demo(seed: int, hospitals: int, physicians: int) -> None:
    """Load a province in miniature into a migrated database."""
    click.echo(table(ensure(seed=seed, hospitals=hospitals, physicians=physicians)))


def table(found: DemoSummary) -> str:
    """Write the accounts as a table."""
    heads = ("账号", "密码", "角色", "机构", "统一社会信用代码")
    rows = [heads] + [
        (
            a.username,
            _password(a.state),
            "、".join(role.value for role in a.roles),
            a.body or "-",
            a.uscc or "-",
        )
        for a in found.accounts
    ]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(heads))]
    return "\n".join(
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        )
        for row in rows
    )


def _password(state: AccountState) -> str:
    return PASSWORD if state is AccountState.ACTIVE else f"{INITIAL}（{state.value}）"


def _width(text: str) -> int:
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)
