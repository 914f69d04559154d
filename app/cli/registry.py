"""``dingkao registry sync``: pulls what changed in 医师电子化注册系统 into the linked provinces."""

import time
from datetime import UTC, datetime

import click
from flask import current_app
from flask_babel import Babel
from flask_babel import gettext as _

from app.cli.schema import storage
from app.exchange.registry_client import RegistryMisconfigured, client_of
from app.exchange.registry_sync import Run, sync_due
from app.views.clock import now


@click.group()
def registry() -> None:
    """Synchronise with the physicians' registry (docs/registry.md)."""


@registry.command()
@click.option(
    "--province", "codes", multiple=True, help="行政区划代码; all linked ones by default."
)
def sync(codes: tuple[str, ...]) -> None:
    """Pull every page of changes; exit 1 if a province could not be brought up to date."""
    with storage() as session:
        Babel(current_app)
        try:
            client = client_of(current_app.config, clock=_seconds, sleep=time.sleep)
        except RegistryMisconfigured as problem:
            raise click.ClickException(problem.reason) from None
        runs = sync_due(session, client=client, now=now, save=session.commit, codes=codes)
        missing = set(codes) - {run.province.code for run in runs}
        if missing:
            raise click.ClickException(
                _("以下省份未对接注册系统：%(codes)s。", codes="、".join(sorted(missing)))
            )
        for run in runs:
            click.echo(_told(run))
        raise SystemExit(1 if any(run.error for run in runs) else 0)


def _told(run: Run) -> str:
    taken = run.taken
    line = _(
        "%(province)s：%(pages)s页，新增%(created)s名，更新%(updated)s名，转移%(moved)s名，"
        "待匹配%(conflicts)s条，无变化%(unchanged)s条。",
        province=run.province.name,
        pages=run.pages,
        created=taken.created,
        updated=taken.updated,
        moved=taken.moved,
        conflicts=taken.conflicts,
        unchanged=taken.unchanged,
    )
    if run.error is None:
        return line
    return line + _("未完成：%(reason)s。", reason=run.error)


def _seconds() -> float:
    return datetime.now(UTC).timestamp()
