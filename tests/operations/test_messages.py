"""站内信: told to many by one statement, in the reader's language, as everybody prefers."""

from typing import Any

import pytest
from sqlalchemy import select

from app.enums import MessageKind, Role
from app.models import Identity, MailOutbox, Message
from app.operations import messages
from app.operations.messages import AddressInvalid, tell
from app.queries.messages import preferences, words
from app.views.clock import now
from tests.support.site import Site
from tests.views.casebrowser import statements

AT = now()
PARTS: dict[str, Any] = {"kind": MessageKind.REMINDER, "title": "请按时参加测评", "at": AT}


def told(site: Site, account_id: int) -> list[Message]:
    with site.session() as session:
        rows = session.scalars(
            select(Message)
            .where(Message.account_id == account_id, Message.created_at == AT)
            .order_by(Message.id)
        ).all()
        session.expunge_all()
        return list(rows)


def account(site: Site, username: str) -> int:
    found = site.actor(username).account_id
    assert found is not None
    return found


def test_many_are_told_by_two_statements_and_each_account_once(site: Site) -> None:
    with site.session() as session:
        people = select(Identity.account_id).where(Identity.role == Role.PHYSICIAN)
        number = len(set(session.scalars(people)))
        with statements(site) as sent:
            assert tell(session, people, **PARTS) == number
        assert len(sent) == 2
        session.commit()

    assert number > 200
    clerk = account(site, "hospital")
    with site.session() as session:
        both = select(Identity.account_id).where(Identity.account_id == clerk)
        assert len(session.scalars(both).all()) == 2
        assert tell(session, both, **PARTS) == 1


def test_what_carries_a_key_is_told_once(site: Site) -> None:
    ids = [account(site, name) for name in ("hospital", "agency")]
    with site.session() as session:
        assert tell(session, ids[:1], **PARTS, once="window:1") == 1
        assert tell(session, ids, **PARTS, once="window:1") == 1
        assert tell(session, ids, **PARTS, once="window:2") == 2


def test_a_kind_that_was_switched_off_is_left_out_but_never_a_return(site: Site) -> None:
    clerk = account(site, "hospital")
    with site.session("hospital") as session:
        messages.prefer(session, account_id=clerk, in_app=[], by_mail=[], address="", language="zh")
        assert preferences(session, account_id=clerk)[MessageKind.RETURNED] == (True, False)
        assert preferences(session, account_id=clerk)[MessageKind.REMINDER] == (False, False)
        assert tell(session, [clerk], **PARTS) == 0
        returned = {**PARTS, "kind": MessageKind.RETURNED}
        assert tell(session, [clerk], **returned) == 1


def test_mails_are_written_for_those_who_want_the_kind_and_once_as_well(site: Site) -> None:
    clerk, agency = account(site, "hospital"), account(site, "agency")
    with site.session("hospital") as session:
        for kinds in ([MessageKind.RETURNED], [MessageKind.REMINDER]):
            messages.prefer(
                session, account_id=clerk, in_app=MessageKind, by_mail=kinds,
                address=" a@b.example ", language="en",
            )  # fmt: skip
        session.commit()
    with site.session() as session:
        for _again in range(2):
            tell(session, [clerk, agency], **PARTS, once="window:7")
        tell(session, [clerk], **{**PARTS, "kind": MessageKind.RETURNED})
        rows = session.scalars(select(MailOutbox)).all()

        assert [(r.address, r.language, r.subject) for r in rows] == [
            ("a@b.example", "en", ["请按时参加测评", {}])
        ]


@pytest.mark.parametrize(
    "address",
    ["", "clerk", "a@b", "a b@c.example", "a@b.example\nBcc: x@y.example", "甲@b.example"],
)
def test_an_address_that_cannot_be_one_is_refused(shared_site: Site, address: str) -> None:
    clerk = account(shared_site, "hospital")
    with shared_site.session("hospital") as session, pytest.raises(AddressInvalid):
        messages.prefer(
            session, account_id=clerk, in_app=[], by_mail=[MessageKind.RETURNED],
            address=address, language="zh",
        )  # fmt: skip


def test_words_and_parameters_are_put_together_for_the_reader(shared_site: Site) -> None:
    said = [
        "“%(window)s”将于%(day)s截止。",
        {"window": {"msgid": "报名信息审核时间"}, "day": "5月"},
    ]
    with shared_site.app.test_request_context("/"):
        assert words(said) == "“报名信息审核时间”将于5月截止。"
        assert words(["100%", {}]) == "100%"
        assert words(None) == ""


def test_a_missing_parameter_is_found_when_it_is_told_not_when_it_is_read(site: Site) -> None:
    with site.session() as session, pytest.raises(KeyError):
        tell(session, [], **PARTS, body="原因：%(reason)s", parameters={"cause": "x"})


def test_reading_is_remembered_once_and_for_oneself_only(site: Site) -> None:
    clerk, agency = account(site, "hospital"), account(site, "agency")
    with site.session() as session:
        tell(session, [clerk, agency], **PARTS)
        session.commit()
    with site.session("agency") as session:
        assert messages.read_all(session, account_id=clerk, at=AT) == 0
        assert messages.read_all(session, account_id=agency, at=AT) > 0
        session.commit()

    assert [row.read_at for row in told(site, clerk)] == [None]
    assert [row.read_at for row in told(site, agency)] == [AT]
