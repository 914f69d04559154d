"""``dingkao mail``: sends what waits in the outbox, as the periodic task does."""

import click

from app.extensions import db
from app.operations.mail import deliver
from app.operations.mail_transport import transport_of
from app.views.clock import now

AT_A_TIME = 100


@click.command()
def mail() -> None:
    """Send the mails that wait, by MAIL_URL; what fails is tried again later."""
    from app import create_app

    app = create_app()  # mails are written in words, so the translations are needed
    transport = transport_of(
        app.config["MAIL_URL"], sender=app.config["MAIL_FROM"], folder=app.config["DATA_DIR"]
    )
    if transport is None:
        click.echo("MAIL_URL is empty: nothing is sent")
        return
    with app.app_context():
        sent = deliver(
            db.session(),
            at=now(),
            transport=transport,
            limit=AT_A_TIME,
            settle=db.session.commit,
            address=app.config["PUBLIC_URL"],
        )
        db.session.remove()
        db.engine.dispose()
    click.echo(f"{sent} mails sent")
