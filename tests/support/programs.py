"""Programs that use the REST API: clients with a token of an account of the demo."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient

from app.enums import ApiScope, Role
from app.operations.api_tokens import ALLOWED, create_token
from app.security.actor import acting_as
from app.views.clock import now
from tests.support.site import Site

BASE = "/api/v1"


@dataclass(frozen=True)
class Program:
    """A client that sends its token with every request, and no cookie."""

    client: FlaskClient
    token_id: int
    text: str

    def call(self, method: str, path: str, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.text}", **options.pop("headers", {})}
        return self.client.open(BASE + path, method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> Any:
        return self.call("GET", path, **options)

    def post(self, path: str, **options: Any) -> Any:
        return self.call("POST", path, **options)


def program(
    site: Site,
    username: str,
    role: Role | None = None,
    *,
    scopes: Iterable[ApiScope] | None = None,
    days: int = 30,
) -> Program:
    """Make a token as an account does on its page, by default with every scope of its role."""
    actor = site.actor(username, role)
    with site.session() as session, acting_as(actor):
        issued = create_token(
            session,
            label="院内系统",
            scopes=ALLOWED[actor.role] if scopes is None else scopes,
            days=days,
            actor=actor,
            at=now(),
        )
        session.commit()
        return Program(site.app.test_client(), issued.token.id, issued.text)
