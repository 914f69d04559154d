"""The page behind a certificate's QR code: no login, masked, nothing to guess, honest about every paper."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app import create_app
from app.enums import CertificateStatus
from app.extensions import limiter
from app.models import Certificate, Physician
from app.security.actor import unscoped
from app.views.verify import RATE
from app.workflows.certificate import CERTIFICATE
from tests.support.site import Site, settings
from tests.views.casebrowser import text
from tests.workflows.sitting_world import AT, session_of

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def printed(site: Site) -> Certificate:
    with site.session() as session, unscoped("a test looks"):
        found = session.scalars(
            select(Certificate).where(Certificate.status == CertificateStatus.VALID).limit(1)
        ).one()
        session.expunge(found)
        return found


def number_of(site: Site, row: Certificate) -> str:
    with site.session() as session, unscoped("a test looks"):
        return session.get_one(Physician, row.physician_id).id_number


def ask(client: FlaskClient, row: Certificate, **how: Any) -> Any:
    return client.get(f"/v/{row.token}", **how)


def test_a_visitor_learns_what_the_paper_is_worth_and_no_more(site: Site) -> None:
    row = printed(site)
    answer = ask(site.client(), row, headers=BROWSER)
    told = text(answer.text)
    assert answer.status_code == 200
    assert "有效" in told
    assert row.number in told
    assert row.facts["name"] not in told
    assert row.facts["name"][0] + "*" in told
    number = number_of(site, row)
    assert number not in answer.text
    assert number[-4:] not in told
    assert "Set-Cookie" not in answer.headers or "session" not in answer.headers["Set-Cookie"]
    assert (answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"]) == (
        "no-store",
        "noindex, nofollow",
    )


def test_a_program_gets_json(site: Site) -> None:
    row = printed(site)
    for headers in ({"Accept": "*/*"}, {"Accept": "application/json"}, {}):
        answer = ask(site.client(), row, headers=headers)
        found = json.loads(answer.text)
        assert (found["found"], found["genuine"], found["status"]) == (True, True, "valid")
        assert (found["result"], found["cycle"]) == ("pass", "02")
        assert row.facts["name"] not in answer.text


def test_a_forged_token_is_no_certificate(site: Site) -> None:
    row = printed(site)
    altered = row.token[:-1] + ("A" if row.token[-1] != "A" else "B")
    for token in (altered, "x", "0" * 22, "é" * 11, "a" * 500):
        answer = site.client().get(f"/v/{token}", headers=BROWSER)
        assert answer.status_code == 404
        assert "查无此证" in answer.text
    found = site.client().get(f"/v/{altered}").get_json()
    assert found["found"] is False


def test_facts_changed_behind_the_programs_back_are_found(site: Site) -> None:
    row = printed(site)
    with site.session() as session, unscoped("somebody with access to the database"):
        session.execute(
            update(Certificate)
            .where(Certificate.id == row.id)
            .values(facts={**row.facts, "name": "张冒名"})
        )
        session.commit()
    answer = ask(site.client(), row, headers=BROWSER)
    assert "数据异常" in answer.text
    assert "张" not in text(answer.text).partition("数据异常")[2][:60]
    assert ask(site.client(), row).get_json()["genuine"] is False


@pytest.mark.parametrize(
    ("action", "word", "status"), [("revoke", "撤销", "revoked"), ("replace", "补发", "replaced")]
)
def test_a_revoked_and_a_replaced_one_show_as_such(
    site: Site, action: str, word: str, status: str
) -> None:
    row, office = printed(site), site.actor("province")
    with session_of(site, office) as session:
        CERTIFICATE.fire(session, row.id, action, actor=office, at=AT, comment="误发")
    answer = ask(site.client(), row, headers=BROWSER)
    assert word in text(answer.text)
    assert "误发" not in answer.text  # the reason is for those concerned
    assert ask(site.client(), row).get_json()["status"] == status


@pytest.fixture
def limited(site: Site, tmp_path: Path) -> Iterator[FlaskClient]:
    """The same database behind an application that counts requests."""
    with site.app.app_context():
        app = create_app({**settings(site.url, tmp_path), "RATELIMIT_ENABLED": True})
    yield app.test_client()
    limiter.enabled = False  # it is one object for every application of the process


def test_nobody_tries_tokens_one_after_the_other(limited: FlaskClient) -> None:
    most = int(RATE.partition("/")[0])
    answers = [limited.get(f"/v/{number:022d}").status_code for number in range(most + 1)]
    assert answers == [404] * most + [429]
