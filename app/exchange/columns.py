"""What a column of a spreadsheet is, and the parsers that turn its cells into values.

A cell is what the reader found: text, a number, a date or nothing. A parser never guesses:
what it cannot read for certain it refuses in the words of the person who typed it.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.enums import Vocabulary

Word = TypeVar("Word", bound=Vocabulary)
Parser = Callable[[object], Any]

_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"  # copied along from web pages and chats
_HAN_SPACE = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_DATE = re.compile(r"([0-9]{4})(?:[-/.]|年)([0-9]{1,2})(?:[-/.]|月)([0-9]{1,2})日?")
_TIME = re.compile(r"[T\s]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?$")
_COMPACT_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_SERIAL = re.compile(r"[1-7][0-9]{4}(?:\.0+)?")  # 1927 to 2119
_SERIAL_ZERO = date(1899, 12, 30)  # the day a spreadsheet counts from
_SCIENTIFIC = re.compile(r"[+-]?[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]{1,3}")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_OTHER_PHONE = re.compile(r"0[0-9]{9,11}|\+[0-9]{7,15}")
_FORMULA = re.compile(r"\s*[=＝]")
_EXACT_DIGITS = 15  # a spreadsheet's number holds no more


class CellProblem(ValueError):
    """A cell cannot be taken; the message tells the clerk what was read and what to do."""

    def __init__(self, message: LazyString) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Problem:
    """Why a row cannot be taken, at one of its columns."""

    header: str
    message: LazyString


@dataclass(frozen=True)
class Column:
    """One column: it makes the template, reads the import and labels the error report.

    ``attribute`` is empty for a column that is only for the eye, such as 序号.
    """

    header: str
    attribute: str
    parse: Parser
    required: bool = False
    choices: tuple[str, ...] = ()
    width: int = 14
    note: str | LazyString = ""
    aliases: tuple[str, ...] = ()
    example: str = ""
    is_date: bool = False

    def read(self, cell: object) -> Any:
        """The value of a cell, None where it is blank and may be.

        :raises CellProblem: the cell is missing or cannot be read.
        """
        if is_blank(cell):
            if self.required:
                raise CellProblem(_l("未填写%(header)s，此项必填", header=self.header))
            return None
        _refuse_formula(cell)
        return self.parse(cell)


def is_blank(cell: object) -> bool:
    """Whether nothing visible stands in the cell."""
    if isinstance(cell, str):
        return not cell.strip().strip(_INVISIBLE)
    return cell is None


def shown(cell: object) -> str:
    """A cell as the clerk sees it, shortened for a message."""
    if isinstance(cell, datetime):
        text = cell.date().isoformat() if cell.time() == datetime.min.time() else str(cell)
    elif isinstance(cell, float) and cell.is_integer():
        text = str(int(cell))
    else:
        text = str(cell).strip()
    return text if len(text) <= 40 else f"{text[:40]}…"


def text(*, max_length: int, multiline: bool = False) -> Parser:
    """Read words: trimmed, not a formula, no control characters, not longer than stored."""
    return partial(_text, max_length=max_length, multiline=multiline)


def person_name(*, max_length: int) -> Parser:
    """Read a name: as text, without the spaces set between Chinese characters."""
    return partial(_person_name, max_length=max_length)


def choice(
    vocabulary: type[Word], *, aliases: Mapping[str, Word] | None = None
) -> Callable[[object], Word]:
    """Read a member of a vocabulary by its word, its stored name or a customary alias."""
    known = {_squeezed(member.value): member for member in vocabulary}
    known |= {member.name.casefold(): member for member in vocabulary}
    known |= {_squeezed(word): member for word, member in (aliases or {}).items()}
    return partial(_choice, known=known, words="、".join(member.value for member in vocabulary))


def words_of(vocabulary: type[Vocabulary]) -> tuple[str, ...]:
    """The drop-down of a vocabulary."""
    return tuple(member.value for member in vocabulary)


def day(cell: object) -> date:
    """Read a day: a date cell, a serial number or any customary spelling."""
    if isinstance(cell, datetime):
        return _checked_day(cell.date(), cell)
    if isinstance(cell, date):
        return _checked_day(cell, cell)
    typed = unicodedata.normalize("NFKC", shown(cell))
    compact = "".join(_TIME.sub("", typed).split())
    match = _DATE.fullmatch(compact) or _COMPACT_DATE.fullmatch(compact)
    if match:
        try:
            found = date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            raise CellProblem(
                _l("日期“%(text)s”不存在，请核对年、月、日", text=shown(cell))
            ) from None
        return _checked_day(found, cell)
    if _SERIAL.fullmatch(compact):
        return _SERIAL_ZERO + timedelta(days=int(float(compact)))
    raise CellProblem(_l("无法识别日期“%(text)s”，请按 2018-01-01 的格式填写", text=shown(cell)))


def phone(cell: object) -> str:
    """Read a telephone number without its hyphens and spaces."""
    digits = re.sub(r"[\s()-]|\.0$", "", long_number(cell))
    digits = re.sub(r"^(?:\+?86|0086)(?=1[3-9][0-9]{9}$)", "", digits)
    if not (_MOBILE.fullmatch(digits) or _OTHER_PHONE.fullmatch(digits)):
        raise CellProblem(_l("手机号码“%(text)s”不对，应为11位数字并以1开头", text=shown(cell)))
    return digits


def whole_number(cell: object) -> int:
    """Read a whole number of at most nine digits."""
    typed = unicodedata.normalize("NFKC", shown(cell))
    if isinstance(cell, bool) or not re.fullmatch(r"[+-]?[0-9]{1,9}(?:\.0+)?", typed):
        raise CellProblem(_l("“%(text)s”不是整数", text=shown(cell)))
    return int(typed.split(".")[0])


def long_number(cell: object) -> str:
    """Read a number that is a name (ID, certificate, phone), refusing one that lost digits."""
    if isinstance(cell, (datetime, date, bool)):
        raise CellProblem(_l("读到“%(text)s”，应为号码，请将单元格设为文本格式", text=shown(cell)))
    if isinstance(cell, float) and not cell.is_integer():
        raise CellProblem(_l("读到小数“%(text)s”，应为号码", text=shown(cell)))
    if isinstance(cell, (int, float)):
        digits = str(int(cell))
        if len(digits.lstrip("-")) > _EXACT_DIGITS:
            raise _lost_digits(cell)
        return digits
    typed = unicodedata.normalize("NFKC", _text(cell, max_length=64, multiline=False))
    typed = typed.lstrip("'‘’`")  # the text mark of a spreadsheet, typed out by some exports
    if _SCIENTIFIC.fullmatch(typed):
        raise _lost_digits(cell)
    return typed


def code(cell: object) -> str:
    """Read a number that is a name, without its spaces, in capitals."""
    return "".join(long_number(cell).split()).upper()


def yes_or_no(cell: object) -> bool:
    """Read 是 or 否."""
    found = {"是": True, "有": True, "y": True, "否": False, "无": False, "n": False}.get(
        _squeezed(shown(cell))
    )
    if found is None:
        raise CellProblem(_l("“%(text)s”不在可选范围内，可填：是、否", text=shown(cell)))
    return found


def _lost_digits(cell: object) -> CellProblem:
    return CellProblem(
        _l(
            "号码“%(text)s”按数字或科学计数法保存，末尾几位已丢失，"
            "请将单元格设为文本格式后重新录入",
            text=shown(cell),
        )
    )


def _refuse_formula(cell: object) -> None:
    if isinstance(cell, str) and ("=" in cell or "＝" in cell) and _FORMULA.match(cell):
        raise CellProblem(_l("单元格内是公式，不能导入，请复制后选择性粘贴为数值再上传"))


def _text(cell: object, *, max_length: int, multiline: bool) -> str:
    if isinstance(cell, (bool, date, datetime)):
        raise CellProblem(_l("读到“%(text)s”，此处应为文字", text=shown(cell)))
    words = shown(cell) if isinstance(cell, (int, float)) else str(cell)
    words = words.strip().strip(_INVISIBLE).strip()
    _refuse_formula(words)
    if len(words) > max_length:
        raise CellProblem(
            _l("内容过长：%(length)s个字，最多%(limit)s个字", length=len(words), limit=max_length)
        )
    if not words.isprintable():
        _refuse_control_characters(words, multiline)
    return words


def _refuse_control_characters(words: str, multiline: bool) -> None:
    allowed = "\n\r\t\u3000\xa0" if multiline else "\u3000\xa0"
    for sign in words:
        if sign not in allowed and unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            raise CellProblem(_l("内容含有换行或不可见字符，请删除后重新录入"))


def _person_name(cell: object, *, max_length: int) -> str:
    name = _HAN_SPACE.sub("", _text(cell, max_length=max_length, multiline=False))
    if name[:1] in "+-@":
        raise CellProblem(_l("姓名不能以“%(sign)s”开头，单元格内可能是公式", sign=name[:1]))
    if name.isdigit():
        raise CellProblem(_l("姓名“%(text)s”全是数字，请核对是否填错列", text=shown(cell)))
    return re.sub("[•‧∙・．]", "·", name)


def _choice(cell: object, *, known: Mapping[str, Any], words: str) -> Any:
    member = known.get(_squeezed(shown(cell)))
    if member is None:
        raise CellProblem(
            _l("“%(text)s”不在可选范围内，可填：%(words)s", text=shown(cell), words=words)
        )
    return member


def _squeezed(word: str) -> str:
    return "".join(unicodedata.normalize("NFKC", word).split()).casefold()


def _checked_day(found: date, cell: object) -> date:
    if not 1900 <= found.year <= 2100:
        raise CellProblem(_l("日期“%(text)s”的年份不合理，请核对", text=shown(cell)))
    return found
