"""``dingkao audit``: whether 操作日志 is what was written."""

import click

from app.cli.schema import storage
from app.operations import trail_seals
from app.views.clock import now

_WORDS = {
    "missing": "entry is missing",
    "changed": "entry was changed",
    "inserted": "entry was put in between",
    "chain": "seal does not follow from the one before",
    "overlaps": "seal overlaps the one before",
    "cut": "the chain does not hold the given head: its end was cut off",
}


@click.group()
def audit() -> None:
    """Check the trail against its seals."""


@audit.command()
@click.option("--head", "known", help="a head that was kept elsewhere: finds a chain that was cut")
def verify(known: str | None) -> None:
    """Check every sealed entry; exit 1 and tell what is wrong."""
    with storage() as session:
        faults = list(trail_seals.verify(session, known=known))
        last = trail_seals.head(session)
    for fault in faults:
        place = f"entry {fault.entry_id}, " if fault.entry_id is not None else ""
        click.echo(f"{place}seal {fault.seal_id}: {_WORDS[fault.kind]}")
    if faults:
        raise SystemExit(1)
    if last is None:
        click.echo("nothing is sealed yet")
    else:
        click.echo(f"every entry up to {last[0]} is what was written; head {last[1]}")


@audit.command()
def seal() -> None:
    """Seal what has settled now, instead of waiting for the periodic task."""
    with storage() as session:
        number = trail_seals.seal(session, at=now())
        session.commit()
        last = trail_seals.head(session)
    click.echo(f"sealed {number}" + (f"; head {last[1]}" if last is not None else ""))
