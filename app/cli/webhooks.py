"""``dingkao webhooks``: send the notices of status changes that are due."""

import click

from app.cli.schema import storage
from app.exchange.webhooks import deliver
from app.operations.webhooks import forget_old
from app.views.clock import now


@click.command()
def webhooks() -> None:
    """Send what is due, once; meant for a timer. Prints how many arrived and how many did not."""
    delivered = failed = 0
    with storage() as session:
        forget_old(session, at=now())
        session.commit()
        while True:
            ended = 0
            for sent in deliver(session, at=now()):
                session.commit()
                if sent is not None:
                    ended += 1
                    delivered += sent.is_delivered
                    failed += not sent.is_delivered
            if not ended:
                break
    click.echo(f"delivered {delivered}, not delivered {failed}")
