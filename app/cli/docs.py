"""``dingkao diagrams`` and ``dingkao messages``: documents that are made, not written."""

import sys
from pathlib import Path

import click

import config as configuration
from app.workflows.registry import WORKFLOWS

ROOT = Path(configuration.__file__).resolve().parent


@click.command()
@click.option("--check", is_flag=True, help="fail when a diagram is not up to date")
def diagrams(check: bool) -> None:
    """Write docs/workflows/*.md from the workflow tables."""
    stale = []
    for name, workflow in WORKFLOWS.items():
        target = ROOT / "docs" / "workflows" / f"{name}.md"
        wanted = f"# {workflow.label}（{name}）\n\n```mermaid\n{workflow.mermaid()}```\n"
        if target.exists() and target.read_text() == wanted:
            continue
        stale.append(target.name)
        if not check:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(wanted)
    click.echo(f"stale: {', '.join(stale)}" if check and stale else f"{len(WORKFLOWS)} diagrams")
    if check and stale:
        sys.exit(1)


@click.command()
@click.option("--check", is_flag=True, help="fail when a word is missing or not translated")
def messages(check: bool) -> None:
    """Collect the words of the code and templates into translations/."""
    from app.cli import catalogue

    if check:
        problems = catalogue.problems(ROOT)
        for problem in problems:
            click.echo(problem)
        if problems:
            sys.exit(1)
        click.echo("translations are complete")
        return
    catalogue.update(ROOT)
