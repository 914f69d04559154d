"""Sealed values open only where, and only as long as, they should."""

import base64
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, create_engine, select, text, update
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from app import crypto
from app.crypto import (
    DecryptionFailed,
    EncryptedText,
    Keyring,
    KeyringInvalid,
    KeyringUnbound,
    bind_keyring,
    keyring,
    keyring_from_text,
    new_key_text,
)

OLD, NEW, INDEX = b"o" * 32, b"n" * 32, b"i" * 32
NUMBER, CONTEXT = "140213198507281017", "physician.id_number"


def b64(key: bytes) -> str:
    return base64.b64encode(key).decode()


@pytest.fixture
def ring() -> Keyring:
    return Keyring({"old": OLD, "index": INDEX}, "old")


@pytest.fixture
def bound(ring: Keyring, monkeypatch: pytest.MonkeyPatch) -> Keyring:
    monkeypatch.setattr(crypto, "_bound", None)
    bind_keyring(ring)
    return ring


@pytest.mark.parametrize("plain", ["", NUMBER, "丁忽然", "𠮷田", "x" * 100_000])
def test_sealed_text_opens_unchanged(ring: Keyring, plain: str) -> None:
    assert ring.decrypt(ring.encrypt(plain, context=CONTEXT), context=CONTEXT) == plain


def test_sealed_file_opens_unchanged(ring: Keyring) -> None:
    content = bytes(range(256)) * 4096

    sealed = ring.seal_bytes(content, context="attachment")

    assert ring.open_bytes(sealed, context="attachment") == content
    assert content[:64] not in sealed


def test_same_text_is_never_sealed_to_the_same_token(ring: Keyring) -> None:
    tokens = {ring.encrypt(NUMBER, context=CONTEXT) for _ in range(1000)}

    assert len(tokens) == 1000
    assert not any(NUMBER.encode() in token for token in tokens)


def test_every_altered_byte_is_noticed(ring: Keyring) -> None:
    token = ring.encrypt(NUMBER, context=CONTEXT)

    for position in range(len(token)):
        altered = bytearray(token)
        altered[position] ^= 1
        with pytest.raises(DecryptionFailed):
            ring.decrypt(bytes(altered), context=CONTEXT)


def test_every_truncated_or_lengthened_token_is_noticed(ring: Keyring) -> None:
    token = ring.encrypt(NUMBER, context=CONTEXT)

    for damaged in [token[:length] for length in range(len(token))] + [token + b"\0"]:
        with pytest.raises(DecryptionFailed):
            ring.decrypt(damaged, context=CONTEXT)


def test_token_moved_to_another_context_does_not_open(ring: Keyring) -> None:
    token = ring.encrypt("13800138000", context="physician.phone")

    with pytest.raises(DecryptionFailed, match=r"physician\.id_number"):
        ring.decrypt(token, context=CONTEXT)


def test_key_id_in_a_token_cannot_be_exchanged_for_another_with_the_same_key() -> None:
    ring = Keyring({"aaa": OLD, "bbb": OLD}, "aaa")
    token = ring.encrypt(NUMBER, context=CONTEXT)

    with pytest.raises(DecryptionFailed):
        ring.decrypt(token.replace(b"aaa", b"bbb", 1), context=CONTEXT)


def test_content_that_is_not_text_is_refused_as_text(ring: Keyring) -> None:
    with pytest.raises(DecryptionFailed, match="not a text"):
        ring.decrypt(ring.seal_bytes(b"\xff\xfe", context=CONTEXT), context=CONTEXT)


def test_context_is_required(ring: Keyring) -> None:
    with pytest.raises(ValueError, match="context"):
        ring.encrypt(NUMBER, context="")


def test_rotated_ring_reads_old_tokens_and_writes_new_ones(ring: Keyring) -> None:
    rotated = Keyring({"new": NEW, "old": OLD, "index": INDEX}, "new")
    before = ring.encrypt(NUMBER, context=CONTEXT)

    after = rotated.encrypt(rotated.decrypt(before, context=CONTEXT), context=CONTEXT)

    assert (rotated.is_current(before), rotated.is_current(after)) == (False, True)
    assert rotated.decrypt(after, context=CONTEXT) == NUMBER
    with pytest.raises(DecryptionFailed, match="not on the ring"):
        ring.decrypt(after, context=CONTEXT)


def test_wrong_key_of_the_same_name_does_not_open(ring: Keyring) -> None:
    token = ring.encrypt(NUMBER, context=CONTEXT)

    with pytest.raises(DecryptionFailed):
        Keyring({"old": NEW}, "old").decrypt(token, context=CONTEXT)


def test_secret_text_makes_the_same_ring_each_time() -> None:
    token = Keyring("a secret of the demo, 32 characters").encrypt(NUMBER, context=CONTEXT)

    assert Keyring("a secret of the demo, 32 characters").decrypt(token, context=CONTEXT) == NUMBER
    with pytest.raises(DecryptionFailed):
        Keyring("another one of the demo, 32 letters").decrypt(token, context=CONTEXT)


def test_ring_made_from_a_secret_may_rotate_to_keys_of_its_own() -> None:
    secret = "a secret of the demo, 32 characters"
    first = Keyring(secret)
    rotated = Keyring({"new": NEW, "secret": secret.encode()}, "new")

    assert rotated.decrypt(first.encrypt(NUMBER, context=CONTEXT), context=CONTEXT) == NUMBER
    assert rotated.blind_index("a", context="b") == first.blind_index("a", context="b")


def test_blind_index_is_stable_and_differs_by_text_context_and_key(ring: Keyring) -> None:
    index = ring.blind_index(NUMBER, context=CONTEXT)

    assert len(index) == 64
    assert int(index, 16)
    assert (
        Keyring({"old": OLD, "index": INDEX}, "old").blind_index(NUMBER, context=CONTEXT) == index
    )
    others = {
        ring.blind_index(NUMBER[:-1], context=CONTEXT),
        ring.blind_index(NUMBER, context="physician.phone"),
        ring.blind_index("r" + NUMBER, context=CONTEXT[:-1]),
        Keyring({"old": OLD, "index": NEW}, "old").blind_index(NUMBER, context=CONTEXT),
        Keyring({"old": INDEX}, "old").encrypt(NUMBER, context=CONTEXT).hex(),
    }
    assert len(others | {index}) == 6


@pytest.mark.parametrize(
    "rotated",
    [
        {"new": NEW, "old": OLD, "index": INDEX},
        {"new": NEW, "index": INDEX},
        {"index": INDEX, "new": NEW},
    ],
)
def test_blind_index_survives_rotation(ring: Keyring, rotated: dict[str, bytes]) -> None:
    before = ring.blind_index(NUMBER, context=CONTEXT)

    assert Keyring(rotated, "new").blind_index(NUMBER, context=CONTEXT) == before


def test_blind_index_without_an_index_entry_comes_from_the_oldest_key() -> None:
    before = Keyring({"old": OLD}, "old").blind_index(NUMBER, context=CONTEXT)

    assert (
        keyring_from_text(f"new:{b64(NEW)},old:{b64(OLD)}").blind_index(NUMBER, context=CONTEXT)
        == before
    )
    assert Keyring({"new": NEW, "index": OLD}, "new").blind_index(NUMBER, context=CONTEXT) == before


def test_first_data_key_of_a_text_is_current() -> None:
    ring = keyring_from_text(f" index:{b64(INDEX)}, new:{b64(NEW)},\n old:{b64(OLD)} ")

    assert ring.current == "new"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("", "entry 1 is not of the form"),
        (b64(OLD), "entry 1 is not of the form"),
        (f"a:{b64(OLD)},", "entry 2 is not of the form"),
        (f"a b:{b64(OLD)}", "entry 1 is not of the form"),
        (f"a:{b64(OLD)},a:{b64(NEW)}", "entry 2 repeats"),
        (f"a:{b64(OLD)[:-1]}", "entry 1 has no valid base64"),
        (f"a:{b64(OLD)}!", "entry 1 has no valid base64"),
        (f"a:{b64(b'short')}", "entry 1 is shorter than 32 bytes"),
        (f"index:{b64(OLD)}", "no data key"),
    ],
)
def test_unusable_key_text_is_refused_by_position_without_repeating_it(
    wrong: str, message: str
) -> None:
    with pytest.raises(KeyringInvalid, match=message) as refusal:
        keyring_from_text(wrong)

    assert b64(OLD)[:8] not in str(refusal.value)


@pytest.mark.parametrize(
    ("keys", "current"),
    [
        ({"old": OLD}, "new"),
        ({"old": OLD}, None),
        ({"index": OLD}, "index"),
        ({}, "old"),
        ({"old": OLD[:31]}, "old"),
        ({"": OLD}, ""),
        ("a short secret", None),
        ("a secret of the demo, 32 characters", "new"),
    ],
)
def test_unusable_keys_are_refused(keys: str | dict[str, bytes], current: str | None) -> None:
    with pytest.raises(KeyringInvalid):
        Keyring(keys, current)


def test_new_key_text_is_fresh_and_usable() -> None:
    first, second = new_key_text(), new_key_text()

    token = keyring_from_text(first).encrypt(NUMBER, context=CONTEXT)

    assert keyring_from_text(first).decrypt(token, context=CONTEXT) == NUMBER
    with pytest.raises(DecryptionFailed):
        keyring_from_text(second).decrypt(token, context=CONTEXT)


@pytest.mark.parametrize("existing", [f"old:{b64(OLD)}", f"old:{b64(OLD)},index:{b64(INDEX)}"])
def test_rotation_by_text_keeps_tokens_and_index_even_after_the_old_key_is_dropped(
    existing: str,
) -> None:
    before, after = keyring_from_text(existing), keyring_from_text(new_key_text(existing=existing))
    without_old = ",".join(
        entry for entry in new_key_text(existing=existing).split(",") if "old:" not in entry
    )

    assert after.current != "old"
    assert after.decrypt(before.encrypt(NUMBER, context=CONTEXT), context=CONTEXT) == NUMBER
    assert (
        before.blind_index(NUMBER, context=CONTEXT)
        == after.blind_index(NUMBER, context=CONTEXT)
        == keyring_from_text(without_old).blind_index(NUMBER, context=CONTEXT)
    )


def test_ring_shows_no_key_when_printed() -> None:
    assert repr(Keyring({"new": NEW, "old": OLD}, "new")) == "<Keyring new, old; current new>"


def test_ring_is_shared_by_threads(ring: Keyring) -> None:
    def round_trip(number: int) -> str:
        return ring.decrypt(ring.encrypt(str(number), context=CONTEXT), context=CONTEXT)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(round_trip, range(4000))) == [str(n) for n in range(4000)]


def test_ten_thousand_numbers_are_sealed_well_within_a_second(ring: Keyring) -> None:
    started = time.process_time()
    for _ in range(10_000):
        ring.encrypt(NUMBER, context=CONTEXT)

    assert time.process_time() - started < 0.5


def test_unbound_process_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crypto, "_bound", None)

    with pytest.raises(KeyringUnbound, match="bind_keyring"):
        keyring()


def test_bound_ring_is_the_one_handed_out(bound: Keyring) -> None:
    assert keyring() is bound


class Base(DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(EncryptedText("person.number"))
    phone: Mapped[str | None] = mapped_column(EncryptedText("person.phone"))


@pytest.fixture
def engine(bound: Keyring) -> Iterator[Engine]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def test_encrypted_column_is_text_in_python_and_a_token_in_the_database(
    engine: Engine, bound: Keyring
) -> None:
    with Session(engine) as session:
        session.add_all([Person(id=1, number=NUMBER), Person(id=2)])
        session.commit()
        stored = session.execute(text("select number from person order by id")).scalars().all()

        assert [p.number for p in session.scalars(select(Person).order_by(Person.id))] == [
            NUMBER,
            None,
        ]
    assert bound.decrypt(stored[0], context="person.number") == NUMBER
    assert stored[1] is None


def test_encrypted_column_is_updated_alone_and_in_bulk(engine: Engine) -> None:
    with Session(engine) as session:
        session.add_all([Person(id=1, number="a"), Person(id=2, number="b")])
        session.commit()
        session.get_one(Person, 1).number = "c"
        session.commit()
        session.execute(update(Person).where(Person.id == 2).values(number="d"))

        assert session.scalars(select(Person.number).order_by(Person.id)).all() == ["c", "d"]


def test_value_copied_to_another_encrypted_column_in_sql_does_not_open(engine: Engine) -> None:
    with Session(engine) as session:
        session.add(Person(id=1, number=NUMBER))
        session.commit()
        session.execute(text("update person set phone = number"))

        with pytest.raises(DecryptionFailed):
            session.scalars(select(Person.phone)).all()


def test_encrypted_column_may_be_asked_for_null_only(engine: Engine) -> None:
    with Session(engine) as session:
        session.add_all([Person(id=1, number=NUMBER), Person(id=2)])
        session.commit()

        assert session.scalars(select(Person.id).where(Person.number.is_(None))).all() == [2]
        assert session.scalars(select(Person.id).where(Person.number == None)).all() == [2]  # noqa: E711 - the operator is what is tested
        assert session.scalars(select(Person.id).where(Person.number.is_not(None))).all() == [1]
    for forbidden in (
        lambda: Person.number == NUMBER,
        lambda: Person.number.like("14%"),
        lambda: Person.number.in_([NUMBER]),
        Person.number.desc,
    ):
        with pytest.raises(TypeError, match="neither compared nor sorted"):
            forbidden()


def test_nothing_is_written_while_no_keys_are_bound(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crypto, "_bound", None)
    with Session(engine) as session:
        session.add(Person(id=1, number=NUMBER))

        with pytest.raises((StatementError, KeyringUnbound), match="bind_keyring"):
            session.commit()
