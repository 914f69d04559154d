"""What a token opens: its identity's rows, its scopes, its time, its rate; and nothing else does."""

from datetime import timedelta
from typing import Any

import pytest
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.enums import AccountState, ApiScope, BodyStatus, Role
from app.extensions import limiter
from app.models import (
    Account,
    ApiToken,
    Assessment,
    Department,
    Identity,
    Institution,
    Participation,
    Physician,
    TrailEntry,
    WebSession,
)
from app.operations.api_tokens import ApiTokenRefused, create_token
from app.views.api.routes import OPERATIONS, PREFIX
from app.views.clock import now
from tests.support.programs import Program, program
from tests.support.site import Site

ROWS: dict[str, Any] = {
    "/institutions": Institution,
    "/departments": Department,
    "/physicians": Physician,
    "/participations": Participation,
    "/cases": Assessment,
}
BODIES = [("hospital", Role.INSTITUTION), ("agency", Role.AGENCY), ("county", Role.AUTHORITY)]


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    found: dict[str, Any] = answer.get_json()
    assert found["status"] == status
    return found


def every(caller: Program, path: str, **query: int) -> list[int]:
    """Read a list to its end, page by page."""
    found: list[int] = []
    cursor: dict[str, Any] = {}
    while True:
        page = caller.get(path, query_string={**query, **cursor}).get_json()
        found += [row["id"] for row in page["data"]]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


@pytest.mark.parametrize(("username", "role"), BODIES, ids=[role.name for _n, role in BODIES])
def test_a_token_sees_the_rows_of_its_identity_and_foreign_ones_do_not_exist(
    site: Site, username: str, role: Role
) -> None:
    caller = program(site, username, role)
    for path, model in ROWS.items():
        with site.session(username) as session:
            own = list(session.scalars(select(model.id).order_by(model.id)))
        with site.session() as session:
            foreign = session.scalars(select(model.id).where(model.id.not_in(own))).all()
        assert own
        assert foreign
        assert every(caller, path, limit=7 if len(own) < 100 else 200) == own

        assert caller.get(f"{path}/{own[0]}").status_code == 200
        for pk in (foreign[0], foreign[-1], 0, 2**53):
            problem(caller.get(f"{path}/{pk}"), 404)


def test_foreign_rows_cannot_be_moved_nor_their_trail_read(site: Site) -> None:
    caller = program(site, "hospital")
    with site.session() as session:
        other = session.scalars(
            select(Assessment).where(Assessment.institution_id != 2).limit(1)
        ).one()
        pk, participation = other.id, other.participation_id

    problem(caller.get(f"/cases/{pk}/trail"), 404)
    for action in ("confirm", "withdraw"):
        problem(caller.post(f"/participations/{participation}/{action}"), 404)


def test_without_a_genuine_token_nothing_opens(site: Site) -> None:
    client = site.client("hospital")  # its cookie counts for nothing
    genuine = program(site, "hospital")
    wrong = (
        None, "", "Basic abc", "Bearer ", "Bearer x", f"Bearer {genuine.text}x",
        f"Bearer {genuine.text[:-1]}{'A' if genuine.text[-1] != 'A' else 'B'}",
    )  # fmt: skip
    for operation in OPERATIONS:
        path = PREFIX + operation.path.replace("{id}", "1")
        for value in wrong:
            headers = {} if value is None else {"Authorization": value}
            answer = client.open(path, method=operation.method, headers=headers, json={})
            problem(answer, 401)
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_no_session_is_made_and_no_cookie_set(site: Site) -> None:
    caller = program(site, "hospital")
    with site.session() as session:
        before = set(session.scalars(select(WebSession.id)))

    answer = caller.get("/token")

    assert answer.status_code == 200
    assert {"Set-Cookie", "Vary"} & set(answer.headers.keys()) == set()
    with site.session() as session:
        assert set(session.scalars(select(WebSession.id))) == before


def _revoked(session: Session, token: ApiToken) -> None:
    token.revoked_at = now()


def _expired(session: Session, token: ApiToken) -> None:
    token.expires_at = now() - timedelta(seconds=1)


def _person_stopped(session: Session, token: ApiToken) -> None:
    session.get_one(Account, token.account_id).state = AccountState.STOPPED


def _hat_taken(session: Session, token: ApiToken) -> None:
    session.get_one(Identity, token.identity_id).is_active = False


def _restore(session: Session) -> None:
    session.execute(update(Account).values(state=AccountState.ACTIVE))
    session.execute(update(Institution).values({"status": BodyStatus.ACTIVE}))


def _body_stopped(session: Session, token: ApiToken) -> None:
    stopped = update(Institution).where(Institution.id == token.institution_id)
    session.execute(stopped.values({"status": BodyStatus.STOPPED}))


def test_a_token_ends_with_what_it_stands_for(site: Site) -> None:
    for end in (_revoked, _expired, _person_stopped, _body_stopped, _hat_taken):
        caller = program(site, "hospital")
        assert caller.get("/token").status_code == 200

        with site.session() as session:
            end(session, session.get_one(ApiToken, caller.token_id))
            session.commit()

        problem(caller.get("/token"), 401)
        with site.session() as session:
            _restore(session)
            session.commit()


def test_a_token_does_only_what_it_was_given(site: Site) -> None:
    for given in ApiScope:
        caller = program(site, "hospital", scopes=[given])
        for operation in OPERATIONS:
            path = operation.path.replace("{id}", "999999")
            answer = caller.call(operation.method, path, json={} if operation.is_change else None)
            is_given = operation.scope in (given, None)
            assert (answer.status_code == 403) is not is_given, (given, operation.name)
            if not is_given:
                assert "insufficient_scope" in answer.headers["WWW-Authenticate"]


def test_only_bodies_have_tokens_and_only_hospitals_write(site: Site) -> None:
    for username, scope in (
        ("sysadmin", ApiScope.CASES_READ),
        ("proctor", ApiScope.CASES_READ),
        ("agency", ApiScope.PHYSICIANS_WRITE),
        ("province", ApiScope.PARTICIPATION_WRITE),
    ):
        with pytest.raises(ApiTokenRefused):
            program(site, username, scopes=[scope])
    with pytest.raises(ApiTokenRefused):
        program(site, "hospital", days=366)


def test_a_token_beyond_its_rate_waits(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    caller, other = program(site, "hospital"), program(site, "hospital")
    monkeypatch.setattr(limiter, "enabled", True)
    monkeypatch.setattr(limiter, "_limiter", FixedWindowRateLimiter(MemoryStorage()))
    monkeypatch.setitem(site.app.config, "API_RATE_LIMIT", "3/hour")

    answers = [caller.get("/token") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [a.headers["RateLimit-Remaining"] for a in answers] == ["2", "1", "0", "0"]
    assert int(answers[-1].headers["Retry-After"]) > 0
    problem(answers[-1], 429)
    assert other.get("/token").status_code == 200


def test_a_new_token_is_kept_as_a_digest_and_its_use_is_noted(site: Site) -> None:
    actor = site.actor("hospital")
    with site.session("hospital") as session:
        issued = create_token(
            session, label="人事", scopes=[ApiScope.CASES_READ], days=1, actor=actor, at=now()
        )
        session.commit()
        pk, text = issued.token.id, issued.text
    Program(site.app.test_client(), pk, text).get("/cases")

    with site.session() as session:
        row = session.get_one(ApiToken, pk)
        kept = [str(getattr(row, c.key)) for c in ApiToken.__mapper__.columns]
        entry = session.scalars(select(TrailEntry).order_by(TrailEntry.id.desc())).first()

        assert row.last_used_at is not None
        assert not any(text.split("_", 2)[2] in value for value in kept)
        assert (entry.subject, entry.action, entry.subject_id) == ("api_token", "create", pk)
        assert text not in (entry.comment or "")
