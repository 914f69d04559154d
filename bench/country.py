"""The plan of the big country: how many of what, and which ids they have. No database, no clock."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from stdnum.cn import uscc

SHARES = (40, 35, 25)  # per cent of the physicians: three provinces
PROVINCE_CODES = ("37", "41", "62")
CITIES, COUNTIES = 10, 10  # of a province, of a city
DEPARTMENTS = 5  # of an institution
AGENCIES = 10  # of a province


@dataclass(frozen=True, slots=True)
class Body:
    """An authority: its id, its six digits, its path and its province's id (0: the nation)."""

    id: int
    code: str
    name: str
    level: str
    path: str
    province_id: int
    parent_id: int


@dataclass(frozen=True, slots=True)
class Hospital:
    """An institution and the ids of those it has: physicians and departments in a row."""

    id: int
    uscc: str
    name: str
    authority: Body
    agency_id: int
    first_physician: int
    physicians: int

    @property
    def departments(self) -> range:
        """The ids of its departments."""
        return range((self.id - 1) * DEPARTMENTS + 1, self.id * DEPARTMENTS + 1)


@dataclass
class Plan:
    """Everything but the physicians themselves."""

    provinces: list[Body] = field(default_factory=list)
    authorities: list[Body] = field(default_factory=list)
    hospitals: list[Hospital] = field(default_factory=list)


def plan(*, physicians: int, institutions: int, seed: int) -> Plan:
    """Lay out the country; the first institution of each province is its biggest.

    :raises ValueError: fewer institutions than provinces, or fewer physicians than institutions.
    """
    if institutions < len(SHARES) or physicians < institutions:
        raise ValueError("a province needs an institution, and an institution a physician")
    random = Random(seed)
    made = Plan()
    made.authorities.append(Body(1, "000000", "国家卫生健康委员会", "NATION", "/1/", 0, 0))
    people, houses, first = _split(physicians), _split(institutions), 1
    for number, code in enumerate(PROVINCE_CODES):
        province, counties = _tree(made, code)
        for rank, size in enumerate(_sizes(people[number], houses[number])):
            county = counties[rank % len(counties)]
            identity = len(made.hospitals) + 1
            made.hospitals.append(
                Hospital(
                    id=identity,
                    uscc=_uscc(county.code, identity),
                    name=f"{county.name[:-5]}第{rank // len(counties) + 1}医院",
                    authority=county,
                    agency_id=number * AGENCIES + random.randrange(AGENCIES) + 1,
                    first_physician=first,
                    physicians=size,
                )
            )
            first += size
        made.provinces.append(province)
    return made


def _split(total: int) -> list[int]:
    parts = [max(1, total * share // 100) for share in SHARES]
    parts[0] += total - sum(parts)
    return parts


def _sizes(people: int, houses: int) -> Iterator[int]:
    """Let the biggest institution have some forty times the mean, and the smallest a third."""
    weights = [(rank + 4) ** -0.7 for rank in range(houses)]
    total, spare, done = sum(weights), people - houses, 0
    so_far = 0.0
    for weight in weights:
        so_far += weight
        until = round(spare * so_far / total)
        yield 1 + until - done
        done = until


def _tree(made: Plan, code: str) -> tuple[Body, list[Body]]:
    nation = made.authorities[0]
    province = _add(made, f"{code}0000", f"第{code}省卫生健康委员会", "PROVINCE", nation)
    counties = []
    for city_number in range(1, CITIES + 1):
        stem = f"{code}{city_number:02d}"
        city = _add(made, f"{stem}00", f"第{stem}市卫生健康委员会", "CITY", province)
        for county_number in range(1, COUNTIES + 1):
            full = f"{stem}{county_number:02d}"
            counties.append(_add(made, full, f"第{full}区卫生健康局", "COUNTY", city))
    return province, counties


def _add(made: Plan, code: str, name: str, level: str, parent: Body) -> Body:
    identity = len(made.authorities) + 1
    province_id = parent.province_id or (identity if level == "PROVINCE" else 0)
    path = f"{parent.path}{identity}/"
    body = Body(identity, code, name, level, path, province_id, parent.id)
    made.authorities.append(body)
    return body


def _uscc(region: str, serial: int) -> str:
    body = f"12{region}{serial:09d}"
    return body + str(uscc.calc_check_digit(body + "0"))
