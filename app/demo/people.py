"""Fictitious people whose numbers pass every check; nobody living is meant."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from app.enums import Category, Education, IdType, PhysicianLevel, Sex, Title
from app.periods import full_years, years_ago

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
    "苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史"
)
_MEN = "伟强磊军洋勇杰涛超明刚平辉鹏飞斌宇浩凯志建国文博俊峰健海波宁瑞泽晨阳东亮振"
_WOMEN = "芳娜敏静丽艳娟霞秀英慧巧美婷雪梅琳素云莲真环荣爱妹香月莺媛瑞凡佳嘉琼勤珍贞莉"
_ETHNIC = ("汉族",) * 17 + ("回族", "满族", "蒙古族")
_PHONES = ("130", "131", "135", "137", "139", "150", "158", "176", "186", "189")


@dataclass(frozen=True, kw_only=True)
class Person:
    """What a roster says of a physician: the facts that operations.physicians asks for."""

    name: str
    sex: Sex
    id_number: str
    birth_date: date
    ethnic_group: str
    education: Education
    phone: str
    level: PhysicianLevel
    category: Category
    practice_scope: str
    title: Title
    qualification_code: str
    licence_code: str
    licensed_on: date
    first_registered_on: date
    id_type: IdType = IdType.RESIDENT


@dataclass
class People:
    """A source of people and codes; the same seed gives the same ones."""

    random: Random
    _numbers: set[str] = field(default_factory=set)
    _serial: int = 0

    def name(self, sex: Sex) -> str:
        """Draw a name of two or three characters."""
        given = _MEN if sex is Sex.MALE else _WOMEN
        length = 1 if self.random.random() < 0.25 else 2
        return self.random.choice(_SURNAMES) + "".join(self.random.sample(given, length))

    def id_number(self, *, region: str, born: date, sex: Sex) -> str:
        """Draw a resident number (GB 11643) that nobody here has yet."""
        while True:
            serial = self.random.randrange(0, 500) * 2 + (sex is Sex.MALE)
            body = f"{region}{born:%Y%m%d}{serial:03d}"
            number = body + mod_11_2.calc_check_digit(body)
            if number not in self._numbers:
                self._numbers.add(number)
                return number

    def uscc(self, *, region: str) -> str:
        """Draw a 统一社会信用代码 (GB 32100) of a public institution."""
        body = f"12{region}{self.random.randrange(10**9):09d}"
        return body + uscc.calc_check_digit(body + "0")

    def physician(
        self, *, region: str, category: Category, scope: str, practice_years: int, today: date
    ) -> Person:
        """Draw a physician who got the licence that many years ago, and some months."""
        sex = self.random.choice((Sex.MALE, Sex.FEMALE))
        licensed = years_ago(today, practice_years) - timedelta(days=self.random.randrange(5, 330))
        age_then = self.random.randrange(24, 29)
        born = years_ago(licensed, age_then) - timedelta(days=self.random.randrange(365))
        number = self.id_number(region=region, born=born, sex=sex)
        level = PhysicianLevel.PHYSICIAN
        if practice_years < 12 and self.random.random() < 0.15:
            level = PhysicianLevel.ASSISTANT
        self._serial += 1
        registered = min(licensed + timedelta(days=self.random.randrange(120)), today)
        return Person(
            name=self.name(sex),
            sex=sex,
            id_number=number,
            birth_date=born,
            ethnic_group=self.random.choice(_ETHNIC),
            education=_education(level, self.random),
            phone=self.phone(),
            level=level,
            category=category,
            practice_scope=scope,
            title=_title(full_years(licensed, today), level),
            qualification_code=(
                f"{licensed.year - 1}{region[:2]}{level.code}{category.code}{number}"
            ),
            licence_code=f"{level.code}{category.code}{region}{self._serial:06d}",
            licensed_on=licensed,
            first_registered_on=registered,
        )

    def phone(self) -> str:
        """Draw a mobile number."""
        return f"{self.random.choice(_PHONES)}{self.random.randrange(10**8):08d}"


def _title(years: int, level: PhysicianLevel) -> Title:
    if level is PhysicianLevel.ASSISTANT:
        return Title.JUNIOR
    for needed, title in ((20, Title.CHIEF), (14, Title.DEPUTY_CHIEF), (7, Title.ATTENDING)):
        if years >= needed:
            return title
    return Title.RESIDENT


def _education(level: PhysicianLevel, random: Random) -> Education:
    if level is PhysicianLevel.ASSISTANT:
        return random.choice((Education.COLLEGE, Education.SECONDARY))
    return random.choice(
        (Education.DOCTOR, Education.MASTER, Education.MASTER, *[Education.BACHELOR] * 5)
    )
