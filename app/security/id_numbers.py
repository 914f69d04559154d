"""Numbers that identify a person or a body: what is wrong with one, and what it tells.

Never refuses an unknown region code: divisions are renamed and abolished, numbers stay.
"""

import re
import unicodedata
from datetime import date

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from app.enums import IdType, Sex

_RESIDENT = re.compile(r"[0-9]{17}[0-9X]")
_LEGACY = re.compile(r"[0-9]{15}")
_QUALIFICATION = re.compile(r"[0-9]{26}[0-9X]|[0-9]{24}")
_LICENCE = re.compile(r"[0-9]{15}")
_USCC = re.compile(r"[0-9ABCDEFGHJKLMNPQRTUWXY]{18}")
_HONGKONG_MACAO = re.compile(r"[HM][0-9]{8}([0-9]{2})?")
_TAIWAN = re.compile(r"[0-9]{8}|[0-9]{10}[A-Z]?")
_PASSPORT = re.compile(r"[0-9A-Z]{4,30}")
_FIRST_BIRTH_YEAR = 1900


def normalise_id_number(text: str) -> str:
    """Bring a number into the stored form: half width, no spaces, upper case, 18 digits."""
    if text.isascii() and text.isdigit() and len(text) == 18:
        return text  # as nearly all are typed
    number = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    return _expand(number) if _LEGACY.fullmatch(number) else number


def id_number_problem(id_type: IdType, number: str, today: date) -> LazyString | None:
    """Say what is wrong with a normalised number of this type of document (GB 11643)."""
    if id_type is IdType.RESIDENT:
        return _resident_problem(number, today)
    if id_type is IdType.HONGKONG_MACAO:
        if not _HONGKONG_MACAO.fullmatch(number):
            return _l("港澳居民来往内地通行证号码应为字母H或M加8位或10位数字")
    elif id_type is IdType.TAIWAN:
        if not _TAIWAN.fullmatch(number):
            return _l("台湾居民来往内地通行证号码应为8位数字或10位数字加字母")
    elif id_type is IdType.PASSPORT:
        if not _PASSPORT.fullmatch(number):
            return _l("护照号码应为4至30位字母或数字")
    elif not (4 <= len(number) <= 30 and number.replace("-", "").isalnum()):
        return _l("证件号码应为4至30位文字、字母或数字")
    return None


def birth_date_of(number: str) -> date | None:
    """The day of birth in a resident number, None where it holds no possible day."""
    if not _RESIDENT.fullmatch(number):
        return None
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex_of(number: str) -> Sex | None:
    """The sex in a resident number: the 17th digit is odd for men."""
    if not _RESIDENT.fullmatch(number):
        return None
    return Sex.MALE if int(number[16]) % 2 else Sex.FEMALE


def mask_id_number(number: str) -> str:
    """What a list may show: the first four and the last two, less of a short number."""
    if len(number) >= 10:
        return f"{number[:4]}*****{number[-2:]}"
    if len(number) >= 5:
        return f"{number[0]}*****{number[-1]}"
    return "*****"


def uscc_problem(code: str) -> LazyString | None:
    """Say what is wrong with a 统一社会信用代码 (GB 32100)."""
    if len(code) != 18:
        return _l("统一社会信用代码应为18位，读到%(length)s位", length=len(code))
    if not _USCC.fullmatch(code):
        return _l("统一社会信用代码只含数字和大写字母，不含I、O、S、V、Z")
    if uscc.calc_check_digit(code) != code[-1]:
        return _l("统一社会信用代码的校验码不对，请核对是否录错")
    return None


def qualification_code_problem(code: str, id_number: str) -> LazyString | None:
    """Say what is wrong with a 医师资格证书编码: form, and that it holds this person's number.

    Year, province, level and category in it are history and are not compared with today's.
    """
    if not _QUALIFICATION.fullmatch(code):
        return _l(
            "医师资格证书编码应为27位（旧版24位）数字，末位可为X，读到%(length)s位",
            length=len(code),
        )
    holder = code[9:] if len(code) == 27 else _expand(code[9:])
    if _RESIDENT.fullmatch(id_number) and holder != id_number:
        return _l("医师资格证书编码中的身份证号与证件号码不一致，可能是他人的证书")
    return None


def licence_code_problem(code: str) -> LazyString | None:
    """Say what is wrong with the form of a 医师执业证书编码; what its digits mean may vary."""
    if not _LICENCE.fullmatch(code):
        return _l("医师执业证书编码应为15位数字，读到“%(text)s”", text=code[:30])
    return None


def years_between(born: date, today: date) -> int:
    """Completed years from one day to another."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _expand(legacy: str) -> str:
    """Turn 15 digits into 18: the century, and the check digit (MOD 11-2)."""
    number = f"{legacy[:6]}19{legacy[6:]}"
    return number + mod_11_2.calc_check_digit(number)


def _resident_problem(number: str, today: date) -> LazyString | None:
    if len(number) != 18:
        return _l("居民身份证号码应为18位（或旧版15位），读到%(length)s位", length=len(number))
    if not _RESIDENT.fullmatch(number):
        return _l("居民身份证号码只能是数字，最后一位可以是X")
    born = birth_date_of(number)
    if born is None or born.year < _FIRST_BIRTH_YEAR:
        return _l("居民身份证号码中的出生日期“%(text)s”不存在", text=number[6:14])
    if born > today:
        return _l("居民身份证号码中的出生日期“%(text)s”晚于今天", text=number[6:14])
    if mod_11_2.checksum(number) != 1:
        if number.endswith("000"):
            return _l(
                "居民身份证号码的校验码不对，末尾的000像是被表格软件丢掉了数字，请按证件重新录入"
            )
        return _l("居民身份证号码的校验码不对，请按证件核对是否录错")
    return None
