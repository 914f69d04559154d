"""A province linked to a registry in small, and pages of changes about its physicians."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import event, select

from app.demo.people import Person
from app.exchange.registry_contract import RegistryPage, read_page
from app.exchange.registry_sync import apply_page
from app.models import RegistryConflict, RegistryLink
from app.operations import registry_links
from app.operations.appointments import appoint
from app.operations.physicians import create_physicians
from app.operations.registry_intake import Taken
from app.periods import local_day
from app.security.actor import acting_as, unscoped
from app.workflows.cycle import open_cycle
from deploy.registry.people import change_of
from tests.support.world import AT, World

SHANXI = "140000"
KEY = "test:" + "a2V5LW9mLXRoZS10ZXN0cy13aXRoLTMyLWJ5dGVzISE="


@dataclass(frozen=True)
class Hospital:
    """What the tests ask of a hospital, whatever the session has forgotten."""

    id: int
    uscc: str
    name: str
    province_id: int
    authority_path: str


@dataclass
class Linked:
    """Two hospitals of a linked province with an open cycle, each with an agency of its own."""

    world: World
    chief: Any
    province: Any
    hospitals: list[Any] = field(default_factory=list)
    units: list[int] = field(default_factory=list)
    clerks: list[Any] = field(default_factory=list)
    agencies: list[int] = field(default_factory=list)
    seq: int = 0

    @property
    def session(self) -> Any:
        return self.world.session

    def hire(self, people: Sequence[Person], which: int = 0) -> list[int]:
        """Take people up as an import did before the province was linked."""
        with acting_as(self.clerks[which]):
            return create_physicians(
                self.session,
                institution=self.hospitals[which],
                rows=[(one, self.units[which]) for one in people],
                actor=self.clerks[which],
                at=AT,
            )

    def link(self) -> None:
        with acting_as(self.chief):
            registry_links.set_link(
                self.session,
                self.province,
                is_linked=True,
                reason="全省已对接",
                actor=self.chief,
                at=AT,
            )
            self.session.flush()

    def change(self, person: Person, which: int = 0, **more: Any) -> dict[str, Any]:
        """Write the next change of a person at one of the hospitals."""
        self.seq += 1
        home = self.hospitals[which]
        written = {"uscc": home.uscc, "institution": home.name, "department": "内科"} | more
        return {"seq": self.seq, **change_of(person, **written)}

    def page(self, *changes: dict[str, Any], has_more: bool = False) -> RegistryPage:
        return page_of(changes, has_more=has_more)

    def apply(self, page: RegistryPage, *, after: timedelta = timedelta(hours=1)) -> Taken:
        """Take a page in where the cursor stands."""
        with unscoped("the test reads the cursor"):
            cursor = self.session.scalars(select(RegistryLink.cursor)).one()
        return apply_page(
            self.session, page, province_id=self.chief.province_id, cursor=cursor, at=AT + after
        )

    def conflicts(self) -> list[RegistryConflict]:
        with unscoped("the test looks"):
            statement = select(RegistryConflict).order_by(RegistryConflict.id)
            return list(self.session.scalars(statement))


def page_of(changes: Sequence[dict[str, Any]], *, has_more: bool = False) -> RegistryPage:
    """Read changes as an answer of the registry would bring them."""
    document = {
        "contract": "1",
        "province": SHANXI,
        "changes": list(changes),
        "next_cursor": f"c{max((one['seq'] for one in changes), default=0)}",
        "has_more": has_more,
    }
    content = json.dumps(document, ensure_ascii=False).encode()
    return read_page(content, province_code=SHANXI, today=local_day(AT))


def linked_world(world: World, *, is_linked: bool = True) -> Linked:
    """Make the hospitals, the cycle and the link; nobody acts afterwards."""
    chief = world.chief(SHANXI)
    made = Linked(world, chief, world.offices[SHANXI])
    cycle = world.cycle(SHANXI)
    for number, (code, name) in enumerate((("140213", "平城区医院"), ("140400", "长治市医院"))):
        row, unit, clerk = world.hospital(code, name)
        agency = world.agency(SHANXI, f"考核中心{number}")
        made.hospitals.append(
            Hospital(row.id, row.uscc, row.name, row.province_id, row.authority_path)
        )
        made.units.append(unit.id)
        made.clerks.append(clerk)
        made.agencies.append(agency.id)
        with acting_as(chief):
            appoint(world.session, institution=row, agency=agency, cycle=cycle, actor=chief, at=AT)
            world.session.flush()
    with acting_as(chief):
        open_cycle(world.session, cycle, actor=chief, at=AT)
        world.session.flush()
    if is_linked:
        made.link()
    return made


@contextmanager
def counted(session: Any) -> Iterator[list[str]]:
    """Collect the statements that a session sends."""
    found: list[str] = []
    engine = session.get_bind()

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)
