"""What a cell may hold, and how it is refused."""

from datetime import date, datetime

import pytest

from app.enums import Category, Education, IdType, Sex
from app.exchange.columns import (
    CellProblem,
    Column,
    Parser,
    choice,
    day,
    long_number,
    person_name,
    phone,
    text,
    whole_number,
    words_of,
)


def problem(parse: Parser, cell: object) -> str:
    with pytest.raises(CellProblem) as refused:
        parse(cell)
    return str(refused.value.message)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        (datetime(2018, 1, 1, 15, 30), date(2018, 1, 1)),
        (date(2018, 1, 1), date(2018, 1, 1)),
        ("2018-01-01", date(2018, 1, 1)),
        ("2018/1/1", date(2018, 1, 1)),
        ("2018/1/1 0:00", date(2018, 1, 1)),
        ("2018-01-01 00:00:00", date(2018, 1, 1)),
        ("2018-1-1T08:30:00.000", date(2018, 1, 1)),
        ("2001.02.01", date(2001, 2, 1)),
        ("2001年1月26日", date(2001, 1, 26)),
        (" 2001 年 1 月 26 日　", date(2001, 1, 26)),
        ("２０１８－０１－０１", date(2018, 1, 1)),
        ("19620717", date(1962, 7, 17)),
        (19620717, date(1962, 7, 17)),
        (36956, date(2001, 3, 6)),
        (36956.0, date(2001, 3, 6)),
        ("36956", date(2001, 3, 6)),
    ],
)
def test_a_day_is_read_in_every_customary_spelling(cell: object, found: date) -> None:
    assert day(cell) == found


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("2019-02-30", "日期“2019-02-30”不存在，请核对年、月、日"),
        ("20190230", "日期“20190230”不存在，请核对年、月、日"),
        ("2018", "无法识别日期“2018”"),
        (2018, "无法识别日期“2018”"),
        ("2018-01", "无法识别日期“2018-01”"),
        ("01/02/2018", "无法识别日期“01/02/2018”"),
        (36956.5, "无法识别日期“36956.5”"),
        (True, "无法识别日期“True”"),
        ("=TODAY()", "无法识别日期“=TODAY()”"),
        ("0201-01-01", "年份不合理"),
        ("x" * 500, "无法识别日期"),
    ],
)
def test_what_is_no_certain_day_is_refused_with_what_was_read(cell: object, reason: str) -> None:
    assert reason in problem(day, cell)


def test_text_loses_outer_spaces_and_invisible_marks_only() -> None:
    read = text(max_length=10)

    assert read(" 　内 科\u200b\ufeff ") == "内 科"
    assert read(12) == "12"
    assert read(12.0) == "12"


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ('=HYPERLINK("http://127.0.0.1","x")', "是公式"),
        (" ＝1+1", "是公式"),
        ("a\x00b", "不可见字符"),
        ("a\nb", "换行"),
        ("a\u202eb", "不可见字符"),
        ("长" * 11, "内容过长：11个字，最多10个字"),
        (datetime(2018, 1, 1), "读到“2018-01-01”，此处应为文字"),
        (True, "此处应为文字"),
    ],
)
def test_text_refuses_formulas_control_characters_and_excess(cell: object, reason: str) -> None:
    assert reason in problem(text(max_length=10), cell)


def test_long_prose_may_have_lines() -> None:
    assert text(max_length=10, multiline=True)("甲\r\n乙") == "甲\r\n乙"
    assert "不可见" in problem(text(max_length=10, multiline=True), "甲\x07乙")


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        (" 黄娜\u3000", "黄娜"),
        ("王　红", "王红"),
        ("Mary  Ann Lee", "Mary  Ann Lee"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("𠮷田", "𠮷田"),
    ],
)
def test_a_name_is_normalised(cell: str, name: str) -> None:
    assert person_name(max_length=64)(cell) == name


def test_a_name_is_refused_where_it_cannot_be_one() -> None:
    read = person_name(max_length=64)

    assert "开头" in problem(read, "@SUM(1)")
    assert "开头" in problem(read, "-1+1")
    assert "全是数字" in problem(read, 13800000000)
    assert problem(read, "名" * 300) == "内容过长：300个字，最多64个字"


def test_a_choice_is_found_by_word_name_alias_and_in_spite_of_spaces() -> None:
    id_type = choice(IdType, aliases={"身份证": IdType.RESIDENT})

    assert id_type("居民身份证") is IdType.RESIDENT
    assert id_type(" 居民 身份证　") is IdType.RESIDENT
    assert id_type("身份证") is IdType.RESIDENT
    assert id_type("RESIDENT") is IdType.RESIDENT
    assert choice(Education)("大学本科") is Education.BACHELOR
    assert words_of(Sex) == ("男", "女")


def test_a_word_outside_the_vocabulary_is_refused_with_the_list() -> None:
    assert problem(choice(Category), "兽医") == (
        "“兽医”不在可选范围内，可填：临床、口腔、公共卫生、中医、民族医、中西医结合"
    )
    assert "“2018-01-01”不在可选范围内" in problem(choice(Sex), datetime(2018, 1, 1))


@pytest.mark.parametrize(
    "cell",
    [15289078666, 15289078666.0, "15289078666.0", "152-8907-8666", " 152 8907 8666 ",
     "+86 152-8907-8666", "8615289078666", "１５２８９０７８６６６", "'15289078666"],
)  # fmt: skip
def test_a_mobile_number_is_read_however_it_is_typed(cell: object) -> None:
    assert phone(cell) == "15289078666"


@pytest.mark.parametrize("cell", ["1528907866", "12345678901", "电话", "1.52891E+10", 1.5])
def test_what_is_no_telephone_number_is_refused(cell: object) -> None:
    assert problem(phone, cell)


def test_other_telephone_numbers_are_kept() -> None:
    assert phone("0355-2023456") == "03552023456"
    assert phone("+852 2345 6789") == "+85223456789"


@pytest.mark.parametrize(
    "cell", [140213197405132992, 1.40213197405133e17, "1.40213E+17", "1.4e17", 10**15]
)
def test_a_number_that_lost_digits_is_refused_with_the_remedy(cell: object) -> None:
    message = problem(long_number, cell)

    assert "末尾几位已丢失" in message
    assert "文本格式" in message


def test_a_number_that_lost_nothing_is_taken() -> None:
    assert long_number(110140213993474) == "110140213993474"
    assert long_number(110140213993474.0) == "110140213993474"
    assert long_number(" １４０２\t") == "1402"
    assert "应为号码" in problem(long_number, datetime(2018, 1, 1))
    assert "小数" in problem(long_number, 1.5)


def test_whole_numbers() -> None:
    assert [whole_number(cell) for cell in (3, 3.0, " 3 ", "３", "-4")] == [3, 3, 3, 3, -4]
    for cell in (1.5, "三", True, 10**9, ""):
        assert "不是整数" in problem(whole_number, cell)


def test_a_formula_is_called_a_formula_in_every_kind_of_column() -> None:
    for parse in (day, phone, long_number, whole_number, choice(Sex), text(max_length=9)):
        assert "是公式" in problem(Column("列", "a", parse).read, '=TEXT(MID(F4,7,8),"0000-00-00")')


def test_a_blank_cell_is_nothing_or_a_named_omission() -> None:
    for blank in (None, "", " 　", "\u200b"):
        assert Column("科室", "department", text(max_length=9)).read(blank) is None
        required = Column("科室", "department", text(max_length=9), required=True)
        assert problem(required.read, blank) == "未填写科室，此项必填"
