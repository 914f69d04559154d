"""``python -m deploy.registry``: a registry to try the link with; it invents people of one institution."""

import base64
import signal
import sys
from datetime import UTC, datetime
from random import Random

import click

from app.demo.people import People
from app.enums import Category
from deploy.registry.people import change_of
from deploy.registry.server import Registry, serving

_FIRST = 1000  # the demo has heard of a few changes already


@click.command()
@click.option("--port", default=8091, show_default=True)
@click.option("--key", required=True, help="The same id:base64 as REGISTRY_KEY.")
@click.option("--province", required=True, help="行政区划代码 of the province.")
@click.option("--institution", "code", required=True, help="统一社会信用代码 of the institution.")
@click.option("--name", default="医疗卫生机构", help="Its name as the registry writes it.")
@click.option("--people", "count", default=5, show_default=True, help="How many to register.")
def main(port: int, key: str, province: str, code: str, name: str, count: int) -> None:
    """Serve invented registrations on the loopback until interrupted."""
    key_id, _colon, secret = key.partition(":")
    registry = Registry(key_id, base64.b64decode(secret, validate=True))
    people, today = People(Random(port)), datetime.now(UTC).date()  # noqa: S311 - fictitious people
    drawn = [
        people.physician(
            region=f"{province[:2]}0101",
            category=Category.CLINICAL,
            scope="内科专业",
            practice_years=6,
            today=today,
        )
        for _ in range(count)
    ]
    changes = [change_of(one, uscc=code, institution=name, department="内科") for one in drawn]
    registry.add(province, [{"seq": _FIRST + n, **one} for n, one in enumerate(changes)])
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with serving(registry, port=port) as url:
        click.echo(f"REGISTRY_URL={url}")
        try:
            signal.pause()
        except KeyboardInterrupt:
            sys.exit(0)


main()
