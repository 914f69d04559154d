"""Numbers of persons and bodies: GB 11643, GB 32100 and the two certificate codes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from app.enums import IdType, Sex
from app.security.id_numbers import (
    birth_date_of,
    id_number_problem,
    licence_code_problem,
    mask_id_number,
    normalise_id_number,
    qualification_code_problem,
    sex_of,
    uscc_problem,
    years_between,
)

TODAY = date(2024, 6, 1)
STANDARD = "11010519491231002X"  # the example in GB 11643


def with_check_digit(body: str) -> str:
    return body + mod_11_2.calc_check_digit(body)


def resident_problem(number: str) -> str:
    return str(id_number_problem(IdType.RESIDENT, number, TODAY) or "")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("１１０１０５１９４９１２３１００２ｘ", STANDARD),
        (" 110105 19491231\u3000002x\t", STANDARD),
        ("110105491231002", STANDARD),
        ("h1234 5678", "H12345678"),
    ],
)
def test_a_typed_number_is_brought_into_the_stored_form(typed: str, stored: str) -> None:
    assert normalise_id_number(typed) == stored


def test_the_example_of_the_standard_is_right() -> None:
    assert resident_problem(STANDARD) == ""
    assert (birth_date_of(STANDARD), sex_of(STANDARD)) == (date(1949, 12, 31), Sex.FEMALE)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("110105194912310021", "校验码不对"),
        ("1101051949123100", "应为18位（或旧版15位），读到16位"),
        ("11010519491231002Y", "只能是数字，最后一位可以是X"),
        ("11010519491231X02X", "只能是数字"),
        (with_check_digit("11010519490230002"), "出生日期“19490230”不存在"),
        (with_check_digit("11010518991231002"), "出生日期“18991231”不存在"),
        (with_check_digit("11010520240602002"), "晚于今天"),
        ("140213197405134000", "丢掉了数字"),
    ],
)
def test_a_wrong_resident_number_is_explained(number: str, reason: str) -> None:
    assert reason in resident_problem(number)


@pytest.mark.parametrize("region", ["999999", "000000", "142301", "810000", "830000"])
def test_an_unknown_or_abolished_region_is_no_reason_to_refuse(region: str) -> None:
    assert resident_problem(with_check_digit(f"{region}19850601001")) == ""


@given(
    st.dates(min_value=date(1900, 1, 1), max_value=TODAY),
    st.integers(0, 999),
    st.integers(0, 16),
    st.integers(1, 9),
)
def test_one_wrong_digit_never_passes(born: date, serial: int, place: int, step: int) -> None:
    number = with_check_digit(f"140213{born:%Y%m%d}{serial:03}")
    wrong = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]

    assert resident_problem(number) == ""
    assert resident_problem(wrong) != ""


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(1999, 12, 31)), st.integers(0, 999))
def test_the_old_form_keeps_birth_date_and_sex(born: date, serial: int) -> None:
    number = normalise_id_number(f"140213{born:%y%m%d}{serial:03}")

    assert resident_problem(number) == ""
    assert birth_date_of(number) == born
    assert sex_of(number) is (Sex.MALE if serial % 2 else Sex.FEMALE)


@pytest.mark.parametrize(
    ("id_type", "number", "is_good"),
    [
        (IdType.HONGKONG_MACAO, "H12345678", True),
        (IdType.HONGKONG_MACAO, "M1234567890", True),
        (IdType.HONGKONG_MACAO, "A12345678", False),
        (IdType.HONGKONG_MACAO, "H123456789", False),
        (IdType.TAIWAN, "12345678", True),
        (IdType.TAIWAN, "1234567890B", True),
        (IdType.TAIWAN, "123456789", False),
        (IdType.PASSPORT, "E12345678", True),
        (IdType.PASSPORT, "E12", False),
        (IdType.PASSPORT, "E1234-678", False),
        (IdType.OFFICER, "军字第1234567号", True),
        (IdType.OTHER, "AB-123", True),
        (IdType.OTHER, "a" * 31, False),
        (IdType.OTHER, "a b c d", False),
    ],
)
def test_other_documents_have_their_forms(id_type: IdType, number: str, is_good: bool) -> None:
    assert (id_number_problem(id_type, number, TODAY) is None) is is_good


def test_nothing_is_told_by_what_is_no_resident_number() -> None:
    for number in ("H12345678", "", "11010519490230002X"):
        assert birth_date_of(number) is None
    assert sex_of("H12345678") is None


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("140213197405133019", "1402*****19"),
        ("H1234567890", "H123*****90"),
        ("E12345678", "E*****8"),
        ("E123", "*****"),
        ("", "*****"),
    ],
)
def test_a_masked_number_shows_only_its_ends(number: str, masked: str) -> None:
    assert mask_id_number(number) == masked


def test_credit_codes_are_checked_by_gb_32100() -> None:
    assert uscc_problem("91110000600037341L") is None
    assert "校验码" in str(uscc_problem("91110000600037342L"))
    assert "读到17位" in str(uscc_problem("9111000060003734L"))
    assert "不含I、O、S、V、Z" in str(uscc_problem("9111000060003734IL"))
    assert "不含I" in str(uscc_problem("91110000600037341l"))


def test_a_qualification_code_must_hold_its_owners_number() -> None:
    assert qualification_code_problem(f"199911110{STANDARD}", STANDARD) is None
    assert qualification_code_problem("199911110110105491231002", STANDARD) is None
    assert "他人" in str(qualification_code_problem("199911110110105491231003", STANDARD))
    assert "他人" in str(
        qualification_code_problem(f"199911110{STANDARD}", "140402198909242573")
    )  # fmt: skip
    assert "读到26位" in str(qualification_code_problem(f"19991111{STANDARD}", STANDARD))
    assert qualification_code_problem(f"199911110{STANDARD}", "E12345678") is None


def test_a_licence_code_has_fifteen_digits_of_any_meaning() -> None:
    assert licence_code_problem("110430122000123") is None
    assert licence_code_problem("999999999999999") is None
    assert "15位数字" in str(licence_code_problem("11043012200012"))
    assert "15位数字" in str(licence_code_problem("11043012200012X"))


@pytest.mark.parametrize(
    ("born", "years"),
    [(date(1984, 6, 1), 40), (date(1984, 6, 2), 39), (date(2004, 2, 29), 20), (TODAY, 0)],
)
def test_years_are_counted_when_completed(born: date, years: int) -> None:
    assert years_between(born, TODAY) == years
