"""Passwords: what is refused and why, and hashes that both sides read."""

import hashlib
import threading
import time
from itertools import pairwise

import pytest
from werkzeug.security import check_password_hash, generate_password_hash

from app import crypto
from app.crypto import Keyring, KeyringUnbound
from app.security.passwords import (
    ASVS_POLICY,
    CODE_ALPHABET,
    DEFAULT_POLICY,
    PASSWORD_POLICIES,
    HashUnreadable,
    PasswordPolicy,
    burn_hash,
    hash_code,
    hash_password,
    is_trivial,
    one_time_code,
    password_problems,
    verify_code,
    verify_password,
)

SHORT, LONG, KINDS = "密码太短", "密码太长", "密码的字符种类太少"
TRIVIAL, COMMON, PERSONAL = "密码含有重复或连续", "密码过于常见", "密码含有账号"
PERSON = ("doctor_wang", "张丽华", "14021319850728101X", "太原市中心医院")


def beginnings(password: str, policy: PasswordPolicy, words: tuple[str, ...] = PERSON) -> list[str]:
    found = password_problems(password, policy=policy, context_words=words)
    known = (SHORT, LONG, KINDS, TRIVIAL, COMMON, PERSONAL)
    return [next(k for k in known if str(problem).startswith(k)) for problem in found]


@pytest.mark.parametrize(
    ("password", "default", "asvs"),
    [
        # accepted
        ("Quilfern-41", [], [SHORT]),
        ("Quilfern-417", [], []),
        ("绿色的刺猬Ab3跳过栅栏", [], []),
        ("quilfern jumps fence", [KINDS], []),
        # length and kinds of characters
        ("Hedge-417", [SHORT], [SHORT]),
        ("", [SHORT, KINDS], [SHORT]),
        ("vT9#qL" * 3, [TRIVIAL], [TRIVIAL]),
        ("Hq7-zkRw2!mX" * 11, [LONG], [LONG]),
        ("quilfernfence", [KINDS], []),
        ("quilfern41fence", [KINDS], []),
        # 666666 and its like
        ("666666", [SHORT, KINDS, TRIVIAL], [SHORT, TRIVIAL]),
        ("６６６６６６", [SHORT, KINDS, TRIVIAL], [SHORT, TRIVIAL]),
        ("Hedge-666666", [TRIVIAL], [TRIVIAL]),
        ("Hedge-123456", [TRIVIAL], [TRIVIAL]),
        ("Hedge-987654", [TRIVIAL], [TRIVIAL]),
        ("Fence41-QWERTY", [TRIVIAL], [TRIVIAL]),
        ("Fence41-EdCbA", [TRIVIAL], [TRIVIAL]),
        ("Kx7-Kx7-Kx7-", [TRIVIAL], [TRIVIAL]),
        # common ones, plain and decorated
        ("1qaz2wsx3edc", [KINDS, COMMON], [COMMON]),
        ("Manchester", [KINDS, COMMON], [SHORT, COMMON]),
        ("Password123!", [COMMON], [COMMON]),
        ("P@ssw0rd2024", [COMMON], [COMMON]),
        # the person and the institution
        ("Doctor_wang-41", [PERSONAL], [PERSONAL]),
        ("Hedge41-OCTO-xy", [PERSONAL], [PERSONAL]),
        ("Quilfern张丽华41", [PERSONAL], [PERSONAL]),
        ("Quilfern-张 丽-华", [PERSONAL], [PERSONAL]),
        ("Quilfern-28101x", [PERSONAL], [PERSONAL]),
        ("Quilfern-１９８５", [PERSONAL], [PERSONAL]),
        ("Quilfern41中心医院", [PERSONAL], [PERSONAL]),
        ("Quilfern41医院", [], []),
        ("Quilfern-张丽-41", [], []),
    ],
)
def test_policies_by_table(password: str, default: list[str], asvs: list[str]) -> None:
    assert beginnings(password, DEFAULT_POLICY) == default
    assert beginnings(password, ASVS_POLICY) == asvs


def test_personal_words_are_refused_for_that_person_only() -> None:
    assert beginnings("Quilfern张丽华41", DEFAULT_POLICY) == [PERSONAL]
    assert beginnings("Quilfern张丽华41", DEFAULT_POLICY, ("王", "", "Hu")) == []


def test_longest_password_is_128_characters() -> None:
    longest = "".join(chr(0x4E00 + n * 7) for n in range(125)) + "aB3"

    assert beginnings(longest, DEFAULT_POLICY) == []
    assert beginnings(longest + "x", DEFAULT_POLICY) == [LONG]


def test_problems_say_the_numbers_of_the_policy() -> None:
    assert [str(p) for p in password_problems("hedge", policy=DEFAULT_POLICY)] == [
        "密码太短，请设置至少10个字符",
        "密码的字符种类太少，请至少使用大写字母、小写字母、数字、符号中的3种",
    ]
    assert str(password_problems("hedge", policy=ASVS_POLICY)[0]) == "密码太短，请设置至少12个字符"


def test_policies_are_found_by_their_configured_names() -> None:
    assert dict(PASSWORD_POLICIES) == {"default": DEFAULT_POLICY, "asvs": ASVS_POLICY}


@pytest.mark.parametrize("code", ["666666", "888888", "123456", "654321", "ABABAB", "890123"])
def test_initial_passwords_of_old_are_trivial(code: str) -> None:
    assert is_trivial(code)


@pytest.mark.parametrize("code", ["", "6", "731946", "Kx7-vT9#qL", "1234-abcd-9876"])
def test_ordinary_texts_are_not_trivial(code: str) -> None:
    assert not is_trivial(code)


def test_long_hostile_text_is_judged_quickly() -> None:
    started = time.process_time()
    password_problems("1!" * 500_000, policy=DEFAULT_POLICY, context_words=PERSON)
    password_problems("a!" * 63 + "1", policy=DEFAULT_POLICY, context_words=["x" * 2000])

    assert time.process_time() - started < 2


@pytest.mark.parametrize("password", ["Quilfern-41", "刺猬 Ab3", "", "x" * 1000])
def test_framework_reads_our_hash_and_we_read_its(password: str) -> None:
    ours, theirs = hash_password(password), generate_password_hash(password)

    assert ours.rpartition("$")[0].split("$")[0] == theirs.split("$")[0] == "scrypt:32768:8:1"
    assert check_password_hash(ours, password)
    assert not check_password_hash(ours, password + "x")
    assert verify_password(password, stored=theirs)
    assert not verify_password(password + "x", stored=theirs)


def test_one_password_has_a_new_hash_each_time() -> None:
    first, second = hash_password("Quilfern-41"), hash_password("Quilfern-41")

    assert first != second
    assert verify_password("Quilfern-41", stored=first)
    assert not verify_password("quilfern-41", stored=first)


def test_hash_of_other_parameters_still_verifies() -> None:
    stored = generate_password_hash("Quilfern-41", method="scrypt:1024:8:2")

    assert verify_password("Quilfern-41", stored=stored)
    assert not verify_password("Quilfern-42", stored=stored)


def test_lone_surrogate_is_a_wrong_password_not_a_crash() -> None:
    stored = generate_password_hash("Quilfern-41", method="scrypt:1024:8:1")

    assert not verify_password("\ud800", stored=stored)


@pytest.mark.parametrize(
    "stored",
    [
        "Quilfern-41",
        generate_password_hash("Quilfern-41", method="pbkdf2:sha256:1000"),
        "scrypt:1024:8:1$salt$abc",
        "scrypt:1000:8:1$salt$" + "0" * 128,
        "scrypt:0:8:1$salt$" + "0" * 128,
        "scrypt:1024:0:1$salt$" + "0" * 128,
        "scrypt:16777216:8:1$salt$" + "0" * 128,
    ],
)
def test_damaged_or_excessive_hash_is_reported(stored: str) -> None:
    with pytest.raises(HashUnreadable):
        verify_password("Quilfern-41", stored=stored)


@pytest.mark.parametrize("stored", [None, ""])
def test_account_without_a_password_says_no_in_the_same_time(stored: str | None) -> None:
    known = hash_password("Quilfern-41")

    def cost(of: str | None) -> float:
        spent = []
        for _ in range(3):
            started = time.thread_time()
            assert not verify_password("wrong", stored=of)
            spent.append(time.thread_time() - started)
        return min(spent)

    assert 0.5 < cost(stored) / cost(known) < 2


def test_at_most_two_hashes_run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, guard = 0, 0, threading.Lock()

    def slow(*_: object, **__: object) -> bytes:
        nonlocal running, most
        with guard:
            running += 1
            most = max(most, running)
        time.sleep(0.03)
        with guard:
            running -= 1
        return bytes(64)

    monkeypatch.setattr(hashlib, "scrypt", slow)
    threads = [threading.Thread(target=burn_hash) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == 2


def test_semaphore_is_free_again_after_a_failed_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> bytes:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(hashlib, "scrypt", broken)
        for _ in range(3):
            with pytest.raises(MemoryError):
                burn_hash()

    assert verify_password("Quilfern-41", stored=hash_password("Quilfern-41"))


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crypto, "_bound", Keyring("a secret of the tests, 32 characters"))


def test_codes_are_ten_unmistakable_characters_and_differ() -> None:
    codes = [one_time_code() for _ in range(500)]

    assert {len(code) for code in codes} == {10}
    assert set("".join(codes)) == set(CODE_ALPHABET)
    assert not set("01OIL") & set(CODE_ALPHABET)
    assert all(a != b for a, b in pairwise(sorted(codes)))


def test_code_is_accepted_however_it_is_typed_and_no_other_is(keys: None) -> None:
    stored = hash_code("K7XMP2R9TA")

    accepted = ["K7XMP2R9TA", "k7xmp2r9ta", " K7XMP-2R9TA\n", "Ｋ７ＸＭＰ２Ｒ９ＴＡ"]
    refused = ["K7XMP2R9TB", "K7XMP2R9T", "", "\ud800", stored]

    assert [code for code in accepted if not verify_code(code, stored=stored)] == []
    assert [code for code in refused if verify_code(code, stored=stored)] == []


@pytest.mark.parametrize("stored", [None, ""])
def test_account_without_a_code_accepts_none(keys: None, stored: str | None) -> None:
    assert not verify_code("", stored=stored)
    assert not verify_code("K7XMP2R9TA", stored=stored)


def test_stolen_code_hash_is_useless_without_the_keys(
    keys: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = hash_code("K7XMP2R9TA")

    monkeypatch.setattr(crypto, "_bound", Keyring("another secret of a thief, 32 letters"))
    assert not verify_code("K7XMP2R9TA", stored=stored)

    monkeypatch.setattr(crypto, "_bound", None)
    with pytest.raises(KeyringUnbound):
        verify_code("K7XMP2R9TA", stored=stored)
