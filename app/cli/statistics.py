"""``dingkao statistics``: whether 考核统计 equals a count of the participations, and counting anew."""

import click

from app.cli.schema import storage
from app.operations import figures


@click.group()
def statistics() -> None:
    """Check the kept figures, or count them anew."""


@statistics.command()
def verify() -> None:
    """Compare the figures with a count; exit 1 and list where they differ."""
    with storage() as session:
        found = figures.differences(session)
    for key, (kept, counted) in sorted(found.items(), key=str):
        words = ", ".join("-" if part is None else str(getattr(part, "name", part)) for part in key)
        click.echo(f"{words}: kept {kept}, counted {counted}")
    if found:
        click.echo(f"{len(found)} figures differ; count anew with: dingkao statistics recount")
        raise SystemExit(1)
    click.echo("the figures equal a count")


@statistics.command()
def recount() -> None:
    """Count every participation anew; stop the web processes first."""
    with storage() as session:
        figures.recount(session)
        session.commit()
    click.echo("counted")
