"""Lines of PostgreSQL's COPY text format for physicians and what they take part in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from app.crypto import Keyring
from app.demo.people import People
from app.enums import Sex
from app.operations.physicians import id_index
from app.security.id_numbers import mask_id_number
from bench.country import Hospital

PHYSICIAN = (
    "id",
    "name",
    "id_type",
    "id_number",
    "id_index",
    "id_masked",
    "sex",
    "birth_date",
    "ethnic_group",
    "education",
    "phone",
    "level",
    "category",
    "practice_scope",
    "title",
    "qualification_code",
    "licence_code",
    "licensed_on",
    "first_registered_on",
    "created_at",
    "version",
    "province_id",
    "authority_path",
    "institution_id",
    "department_id",
)
PARTICIPATION = (
    "id",
    "status",
    "version",
    "province_id",
    "authority_path",
    "institution_id",
    "agency_id",
    "cycle_id",
    "physician_id",
)
ASSESSMENT = (
    "participation_id",
    "status",
    "status_since",
    "version",
    "procedure",
    "result",
    "simplified_refused",
    "return_count",
    "submitted_at",
    "province_id",
    "authority_path",
    "institution_id",
    "agency_id",
    "cycle_id",
    "physician_id",
)

_POOL = 1000  # sealed values of the columns nobody searches, drawn again and again
_DAYS = 12_000  # birthdays: about 33 years
_STEP = 7919  # prime to _DAYS, so that neighbours are not of one age
_FIRST_BIRTHDAY = date(1960, 1, 1)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643
_CHECK = "10X98765432"

# status, procedure, result, per cent of the cases
_CASES = (
    ("AWAITING_FORM", r"\N", r"\N", 30),
    ("AWAITING_INSTITUTION", "GENERAL", r"\N", 10),
    ("AWAITING_INSTITUTION", "SIMPLIFIED", r"\N", 8),
    ("INSTITUTION_REJECTED", "GENERAL", r"\N", 2),
    ("AWAITING_AGENCY", "GENERAL", r"\N", 8),
    ("AWAITING_AGENCY", "SIMPLIFIED", r"\N", 6),
    ("AGENCY_REJECTED", "SIMPLIFIED", r"\N", 1),
    ("AWAITING_EXAM", "GENERAL", r"\N", 12),
    ("AWAITING_EXAM", "SIMPLIFIED", r"\N", 5),
    ("DEFERRED", "GENERAL", r"\N", 1),
    ("AWAITING_MAKEUP", "GENERAL", r"\N", 2),
    ("AWAITING_VERDICT", "GENERAL", r"\N", 2),
    ("COMPLETED", "GENERAL", "PASS", 8),
    ("COMPLETED", "SIMPLIFIED", "PASS", 4),
    ("COMPLETED", "GENERAL", "FAIL", 1),
)
_TAKING_PART = (("CONFIRMED", 30), ("UNCONFIRMED", 66), ("AWAY", 3), ("MOVED", 1))
_PEOPLE = (
    ("CLINICAL", "内科专业"),
    ("CLINICAL", "外科专业"),
    ("CLINICAL", "儿科专业"),
    ("DENTAL", "口腔专业"),
    ("CHINESE", "中医专业"),
)
_TITLES = ("RESIDENT", "ATTENDING", "DEPUTY_CHIEF", "CHIEF")


@dataclass(frozen=True, slots=True)
class Sample:
    """A physician whose number is known, so that a search for it can be measured."""

    physician_id: int
    institution_id: int
    province_id: int
    name: str
    id_number: str


class Writer:
    """Makes the lines of one institution's physicians; the same seed gives the same people."""

    def __init__(self, ring: Keyring, *, seed: int, at: datetime, sample_every: int) -> None:
        self._ring = ring
        self._random = Random(seed)
        self._at = at
        self._every = sample_every
        self.samples: list[Sample] = []
        people = People(Random(seed))
        self._men = [people.name(Sex.MALE) for _ in range(_POOL * 4)]
        self._women = [people.name(Sex.FEMALE) for _ in range(_POOL * 4)]
        self._phones = self._sealed("physician.phone", "139{:08d}")
        self._qualifications = self._sealed("physician.qualification", "2001371{:020d}")
        self._licences = self._sealed("physician.licence", "11037010{:07d}")
        self._days = [self._birthday(number) for number in range(_DAYS)]
        self._licensed = [_iso(date(1995, 1, 1) + timedelta(days=n)) for n in range(9000)]
        self._statuses = [name for name, share in _TAKING_PART for _ in range(share)]
        self._cases = [case for case in _CASES for _ in range(case[-1])]

    def physicians(self, hospital: Hospital) -> Iterator[str]:
        """Give one line for each of PHYSICIAN's columns."""
        home = hospital.authority
        tail = f"{self._at}\t1\t{home.province_id}\t{home.path}\t{hospital.id}"
        departments = hospital.departments
        for identity in range(
            hospital.first_physician, hospital.first_physician + hospital.physicians
        ):
            draw = self._random.getrandbits(48)
            number, born, is_man = self._number(identity, home.code)
            name = (self._men if is_man else self._women)[draw % (_POOL * 4)]
            pick = draw % _POOL
            department = identity % len(departments)
            category, scope = _PEOPLE[department]
            licensed = self._licensed[(draw >> 10) % 9000]
            token = self._ring.encrypt(number, context="physician.id_number").hex()
            if identity % self._every == 1:
                self.samples.append(Sample(identity, hospital.id, home.province_id, name, number))
            level = "ASSISTANT" if draw >> 24 & 7 == 0 else "PHYSICIAN"
            yield (
                f"{identity}\t{name}\tRESIDENT\t\\\\x{token}\t{id_index(number)}\t"
                f"{mask_id_number(number)}\t{'MALE' if is_man else 'FEMALE'}\t{born}\t汉族\t"
                f"BACHELOR\t{self._phones[pick]}\t{level}\t{category}\t{scope}\t"
                f"{_TITLES[draw >> 30 & 3]}\t{self._qualifications[pick]}\t"
                f"{self._licences[pick]}\t{licensed}\t{licensed}\t{tail}\t"
                f"{departments[department]}\n"
            )

    def participations(self, hospital: Hospital, *, cycle_id: int) -> Iterator[tuple[str, str]]:
        """Give a line of PARTICIPATION and, for the confirmed, one of ASSESSMENT, else nothing."""
        home = hospital.authority
        scope = f"{home.province_id}\t{home.path}\t{hospital.id}\t{hospital.agency_id}\t{cycle_id}"
        for identity in range(
            hospital.first_physician, hospital.first_physician + hospital.physicians
        ):
            draw = self._random.getrandbits(40)
            taking = self._statuses[draw % 100]
            line = f"{identity}\t{taking}\t1\t{scope}\t{identity}\n"
            if taking != "CONFIRMED":
                yield line, ""
                continue
            status, procedure, result, _share = self._cases[(draw >> 8) % 100]
            since = self._at - timedelta(minutes=(draw >> 16) % 40_000)
            submitted = r"\N" if status == "AWAITING_FORM" else str(since)
            case = f"{identity}\t{status}\t{since}\t1\t{procedure}\t{result}\tf\t0\t{submitted}"
            yield line, f"{case}\t{scope}\t{identity}\n"

    def _number(self, identity: int, region: str) -> tuple[str, str, bool]:
        compact, born, partial = self._days[identity * _STEP % _DAYS]
        serial = identity // _DAYS % 1000
        text = f"{serial:03d}"
        total = partial + _weigh(region, 0) + _weigh(text, 14)
        return f"{region}{compact}{text}{_CHECK[total % 11]}", born, serial % 2 == 1

    def _sealed(self, context: str, pattern: str) -> list[str]:
        seal = self._ring.encrypt
        return [
            rf"\\x{seal(pattern.format(number), context=context).hex()}" for number in range(_POOL)
        ]

    @staticmethod
    def _birthday(number: int) -> tuple[str, str, int]:
        day = _FIRST_BIRTHDAY + timedelta(days=number)
        compact = f"{day:%Y%m%d}"
        return compact, _iso(day), _weigh(compact, 6)


def blocks(lines: Iterator[str], *, size: int = 2000) -> Iterator[bytes]:
    """Join lines into pieces that are worth a network packet."""
    block: list[str] = []
    for line in lines:
        block.append(line)
        if len(block) == size:
            yield "".join(block).encode()
            block.clear()
    if block:
        yield "".join(block).encode()


def _weigh(digits: str, start: int) -> int:
    return sum(int(d) * w for d, w in zip(digits, _WEIGHTS[start:], strict=False))


def _iso(day: date) -> str:
    return day.isoformat()
