"""The demo's bodies: tree, institutions with departments, agencies, and a province's cycle."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.accounts import Clerks
from app.demo.people import People
from app.demo.places import OFFICES, STOPPED_UNIT, UNITS, House, Unit
from app.enums import AccountState, AgencyKind, Role, ScheduleWindow, Sex
from app.models import Agency, Authority, Cycle, Department, DepartmentSubject, Institution, Subject
from app.operations import bodies, cycles, national_rules
from app.operations.appointments import appoint
from app.periods import local_day
from app.rules import CycleRules
from app.security.actor import Actor, acting_as
from app.workflows.body import DEPARTMENT
from app.workflows.cycle import open_cycle

DAYS_BEFORE, DAYS_AFTER = 60, 150
_SEXES = tuple(Sex)


@dataclass(frozen=True)
class Post:
    """A department that employs: its id, its specialties' ids, and whom it employs."""

    id: int
    unit: Unit
    specialties: tuple[int, ...]


@dataclass
class Site:
    """One institution of the demo and the actors that decide about its physicians."""

    house: House
    row: Institution
    clerk: Actor
    overseer: Actor
    agency: Actor | None = None
    second: Actor | None = None  # who confirms what the first enters
    posts: list[Post] = field(default_factory=list)


@dataclass
class Country:
    """Builds bodies in the order of the law; knows every office's row and actor by its code."""

    session: Session
    at: datetime
    people: People
    clerks: Clerks
    offices: dict[str, Authority] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    def moment(self, days: int, minutes: int = 0) -> datetime:
        """Give an instant on a day before today, minutes after nine in the morning in China."""
        day = local_day(self.at) - timedelta(days=days)
        return datetime.combine(day, time(1)) + timedelta(minutes=minutes)

    def found_offices(self, creator: Actor) -> None:
        """Create the tree of authorities and a clerk for each."""
        for minutes, office in enumerate(OFFICES):
            with acting_as(creator):
                row = bodies.create_authority(
                    self.session,
                    code=office.code,
                    name=office.name,
                    level=office.level,
                    parent=self.offices.get(office.parent or ""),
                    contact_person=office.person,
                    contact_phone=office.phone,
                    actor=creator,
                    at=self.moment(70, minutes),
                )
            self.offices[office.code] = row
            self.actors[office.code] = self.clerks.clerk(
                office.username, Role.AUTHORITY, name=office.person, authority=row
            )

    def issue_rules(self) -> None:
        """Let the nation publish the first version of its rules."""
        nation = self.actors[OFFICES[0].code]
        with acting_as(nation):
            national_rules.publish(
                self.session,
                rules=CycleRules(),
                reason="依据《医师法》和《医师定期考核管理办法》发布",
                actor=nation,
                at=self.moment(68),
            )

    def found_site(self, house: House, *, is_new: bool = False) -> Site:
        """Create an institution, its clerk, and, unless it is new, its departments."""
        office, overseer = self.offices[house.authority], self.actors[house.authority]
        facts = bodies.InstitutionFacts(
            kind=house.kind,
            grade=house.grade,
            beds=house.beds,
            head=None if is_new else self.people.name(self.people.random.choice(_SEXES)),
            contact_person=house.person,
            contact_phone=house.phone,
            address=None if is_new else f"{office.name[:3]}建设路{house.beds % 89 + 1}号",
            may_apply_as_agency=house.beds >= 100,
        )
        with acting_as(overseer):
            row = bodies.create_institution(
                self.session,
                authority=office,
                uscc=self.people.uscc(region=house.authority),
                name=house.name,
                facts=facts,
                actor=overseer,
                at=self.moment(69),
            )
        state = AccountState.INITIAL if is_new else AccountState.ACTIVE
        clerk = self.clerks.clerk(
            house.username, Role.INSTITUTION, name=house.person, institution=row, state=state
        )
        site = Site(house, row, clerk, overseer)
        if not is_new:
            with acting_as(clerk):
                self._furnish(site)
        return site

    def found_agency(
        self, name: str, *, office: str, kind: AgencyKind, person: str, host: Site | None = None
    ) -> Agency:
        """Create an assessment agency."""
        actor = self.actors[office]
        with acting_as(actor):
            return bodies.create_agency(
                self.session,
                authority=self.offices[office],
                name=name,
                kind=kind,
                institution=host.row if host else None,
                contact_person=person,
                contact_phone=host.house.phone if host else self.people.phone(),
                actor=actor,
                at=self.moment(68),
            )

    def set_up_cycle(
        self, office: str, *, label: str, rules: CycleRules, exam_in: int | None = None
    ) -> Cycle:
        """Create a province's cycle, all of whose windows are open today.

        :param exam_in: days from today on which the examination begins instead; 免考 is asked
            for before.
        """
        today, actor = local_day(self.at), self.actors[office]
        starts_on = today - timedelta(days=DAYS_BEFORE)
        last_day = today + timedelta(days=DAYS_AFTER)
        windows = _windows(starts_on, today, last_day)
        if exam_in is not None:
            windows[ScheduleWindow.EXAMINATION] = (today + timedelta(days=exam_in), last_day)
            rules = rules.with_rules({"exemption_from": starts_on, "exemption_until": last_day})
        with acting_as(actor):
            return cycles.create_cycle(
                self.session,
                province=self.offices[office],
                label=label,
                starts_on=starts_on,
                last_day=last_day,
                windows=windows,
                rules=rules,
                actor=actor,
                at=self.moment(62),
            )

    def entrust(
        self, sites: list[Site], agency: Agency, actors: tuple[Actor, Actor], cycle: Cycle
    ) -> None:
        """Appoint an agency to institutions; the first of its actors decides, the second confirms."""
        entrusted = frozenset(site.row.id for site in sites)
        known, second = (replace(actor, entrusted=entrusted) for actor in actors)
        for minutes, site in enumerate(sites):
            superior = self.actors[_province_code(site)]
            with acting_as(superior):
                appoint(
                    self.session,
                    institution=site.row,
                    agency=agency,
                    cycle=cycle,
                    actor=superior,
                    at=self.moment(61, minutes),
                )
            site.agency, site.second = known, second
            if site.posts:
                with acting_as(site.clerk):
                    site.row.confirmed_cycle_id = cycle.id  # 确认考核周期 was answered long ago
                    self.session.flush()  # while the clerk is bound

    def open(self, office: str, cycle: Cycle) -> None:
        """Open a province's cycle on its first day."""
        actor = self.actors[office]
        with acting_as(actor):
            open_cycle(self.session, cycle, actor=actor, at=self.moment(DAYS_BEFORE))

    def _furnish(self, site: Site) -> None:
        subjects = {row.code: row for row in self.session.scalars(select(Subject))}
        for unit in (*UNITS, STOPPED_UNIT):
            scope = {"province_id": site.row.province_id, "institution_id": site.row.id}
            row = Department(name=unit.name, authority_path=site.row.authority_path, **scope)
            row.links = [
                DepartmentSubject(subject_id=subjects[code].id, **scope) for code in unit.subjects
            ]
            self.session.add(row)
            self.session.flush()  # physicians are placed by its id
            if unit is STOPPED_UNIT:
                DEPARTMENT.fire(self.session, row.id, "stop", actor=site.clerk, at=self.moment(66))
                continue
            below = [s.id for s in subjects.values() if s.parent_code in unit.subjects]
            linked = [subjects[code].id for code in unit.subjects]
            site.posts.append(Post(row.id, unit, tuple(below or linked)))


def _windows(
    starts_on: date, today: date, last_day: date
) -> dict[ScheduleWindow, tuple[date, date]]:
    return {
        ScheduleWindow.CYCLE: (starts_on, last_day),
        ScheduleWindow.AGENCY_APPLICATION: (starts_on, today + timedelta(days=30)),
        ScheduleWindow.REGISTRATION: (starts_on, today + timedelta(days=45)),
        ScheduleWindow.REVIEW: (starts_on, today + timedelta(days=90)),
        ScheduleWindow.EXAMINATION: (starts_on, last_day),
    }


def _province_code(site: Site) -> str:
    return f"{site.house.authority[:2]}0000"
