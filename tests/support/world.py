"""Two provinces in small: bodies, actors and people for tests of operations and workflows."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.demo.people import People, Person
from app.enums import (
    AgencyKind,
    AssessmentStatus,
    AuthorityLevel,
    Category,
    Role,
    ScheduleWindow,
    Verdict,
)
from app.models import Agency, Assessment, Authority, Cycle, Department, Institution
from app.operations import bodies, cycles
from app.periods import local_day
from app.rules import CycleRules
from app.security.actor import Actor, acting_as, unscoped

AT = datetime(2026, 6, 1, 2)
SYSTEM_ADMIN = Actor(role=Role.SYSTEM_ADMIN, name="管宁远")


@dataclass
class World:
    """What the tests of this folder start from."""

    session: Session
    people: People = field(default_factory=lambda: People(Random(7)))
    offices: dict[str, Authority] = field(default_factory=dict)

    def office(self, code: str, name: str, level: AuthorityLevel, parent: str | None) -> Authority:
        with acting_as(SYSTEM_ADMIN):
            row = bodies.create_authority(
                self.session,
                code=code,
                name=name,
                level=level,
                parent=self.offices.get(parent or ""),
                actor=SYSTEM_ADMIN,
                at=AT,
            )
            self.session.flush()
        self.offices[code] = row
        return row

    def chief(self, code: str) -> Actor:
        row = self.offices[code]
        return Actor(
            role=Role.AUTHORITY,
            name=f"{row.name}经办人",
            body=row.name,
            province_id=row.province_id,
            authority_path=row.path,
            authority_id=row.id,
        )

    def hospital(self, code: str, name: str) -> tuple[Institution, Department, Actor]:
        chief = self.chief(code)
        with acting_as(chief):
            row = bodies.create_institution(
                self.session,
                authority=self.offices[code],
                uscc=self.people.uscc(region=code),
                name=name,
                actor=chief,
                at=AT,
            )
            self.session.flush()
        clerk = Actor(
            role=Role.INSTITUTION,
            name=f"{name}经办人",
            body=name,
            province_id=row.province_id,
            authority_path=row.authority_path,
            institution_id=row.id,
        )
        with acting_as(clerk):
            unit = Department(
                name="内科",
                province_id=row.province_id,
                authority_path=row.authority_path,
                institution_id=row.id,
            )
            self.session.add(unit)
            self.session.flush()
        return row, unit, clerk

    def agency(self, code: str, name: str) -> Agency:
        chief = self.chief(code)
        with acting_as(chief):
            row = bodies.create_agency(
                self.session,
                authority=self.offices[code],
                name=name,
                kind=AgencyKind.SOCIETY,
                actor=chief,
                at=AT,
            )
            self.session.flush()
        return row

    def cycle(self, code: str, label: str = "02") -> Cycle:
        chief = self.chief(code)
        first, last = period()
        with acting_as(chief):
            row = cycles.create_cycle(
                self.session,
                province=self.offices[code],
                label=label,
                starts_on=first,
                last_day=last,
                windows=dict.fromkeys(ScheduleWindow, (first, last)),
                rules=CycleRules(),
                actor=chief,
                at=AT,
            )
            self.session.flush()
        return row

    def doctors(self, count: int) -> list[Person]:
        return [
            self.people.physician(
                region="140213",
                category=Category.CLINICAL,
                scope="内科专业",
                practice_years=8,
                today=local_day(AT),
            )
            for _ in range(count)
        ]


def period() -> tuple[date, date]:
    """Give the first and the last day of the cycles here."""
    return local_day(AT) - timedelta(days=30), local_day(AT) + timedelta(days=60)


def small_world(session: Session) -> World:
    """Make the tree of two provinces; nobody acts afterwards."""
    world = World(session)
    with unscoped("the world belongs to nobody"):
        world.office("000000", "国家卫生健康委员会", AuthorityLevel.NATION, None)
        world.office("140000", "山西省卫生健康委员会", AuthorityLevel.PROVINCE, "000000")
        world.office("140200", "大同市卫生健康委员会", AuthorityLevel.CITY, "140000")
        world.office("140213", "平城区卫生健康局", AuthorityLevel.COUNTY, "140200")
        world.office("140400", "长治市卫生健康委员会", AuthorityLevel.CITY, "140000")
        world.office("610000", "陕西省卫生健康委员会", AuthorityLevel.PROVINCE, "000000")
        world.office("610100", "西安市卫生健康委员会", AuthorityLevel.CITY, "610000")
    return world


def finish_cases(session: Session) -> None:
    """Let every case be over: a cycle with open ones does not close."""
    with unscoped("a test makes it so"):
        session.execute(
            update(Assessment)
            .where(Assessment.status.not_in((AssessmentStatus.COMPLETED, AssessmentStatus.HALTED)))
            .values(status=AssessmentStatus.COMPLETED, result=Verdict.PASS)
            .execution_options(synchronize_session=False)
        )
        session.expire_all()
