"""A demo in which every owned text carries its row's mark, and who may ever read which marks.

The oracle here knows nothing of the scope table: it compares ids in plain Python.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import String, cast, func, inspect, literal, select, table, text, update

from app import models as m
from app.crypto import keyring
from app.enums import (
    AccountState,
    AgencyApplicationStatus,
    AppointmentStatus,
    AssessmentStatus,
    DeferralStatus,
    ExemptionStatus,
    ImportKind,
    Role,
)
from app.extensions import db
from app.security.actor import Actor
from app.views.clock import now
from tests.security import foreign_requests, foreign_results, foreign_sittings
from tests.security.foreign_requests import PDF
from tests.support.databases import DatabaseServer
from tests.support.rosters import DATA, MESSY
from tests.support.site import Site, open_site

MARK = re.compile(
    r"~([a-zA-Z])([0-9]+)~"
)  # no random token in a page has a tilde: base64 knows none
MARKED: dict[type[Any], tuple[str, tuple[str, ...]]] = {
    m.Physician: ("p", ("name", "id_masked")),
    m.Department: ("d", ("name",)),
    m.Institution: ("i", ("name", "contact_person", "address")),
    m.Agency: ("a", ("name", "contact_person")),
    m.Account: ("u", ("first_name",)),
    m.Cycle: ("y", ("label",)),
    m.TrailEntry: ("t", ("comment",)),
    m.Opinion: ("o", ("reason",)),
    m.OutsideOpinion: ("x", ("content",)),
    m.ConductRecord: ("c", ("outcome",)),
    m.Registration: ("g", ("position", "statement")),
    m.WorkYear: ("w", ("summary",)),
    m.Experience: ("e", ("place",)),
    m.Attachment: ("f", ("filename",)),
    m.Exemption: ("h", ("note",)),
    m.Deferral: ("l", ("note",)),
    m.Remark: ("m", ("text",)),
    m.AgencyApplication: ("k", ("note",)),
    m.AgencyApplicationFile: ("q", ("filename",)),
    m.Mentorship: ("b", ("log", "supervisor")),
    m.MentorshipChange: ("j", ("reason",)),
    m.Correction: ("C", ("reason", "filename")),
    m.PracticePlace: ("P", ("note",)),
    m.TransferRequest: ("T", ("reason",)),
    m.Recusal: ("R", ("reason",)),
    m.DisqualifyingAct: ("D", ("document", "filename")),
    m.RosterUpload: ("r", ("filename",)),
    m.CommitteeMember: ("s", ("name", "unit")),
    m.Penalty: ("z", ("document", "facts")),
    m.SpotCheck: ("v", ("name",)),
    m.SpotCheckItem: ("S", ("remark",)),
    m.Question: ("Q", ("stem", "explanation")),
    m.Blueprint: ("B", ("paper",)),
    m.ExamSession: ("X", ("name",)),
    m.Sitting: ("I", ("statement",)),
    m.SittingEvent: ("E", ("detail",)),
    m.Announcement: ("n", ("title", "body")),
    **foreign_results.MARKED,
}
LETTERS = {letter: model for model, (letter, _columns) in MARKED.items()}
UNWATCHED = frozenset({"web_session", "login_guard"})


@dataclass(frozen=True)
class Attacker:
    """Somebody with a valid account; ``letter`` is the role in the access matrix."""

    name: str
    letter: str
    username: str
    role: Role


ATTACKERS = {
    one.name: one
    for one in (
        Attacker("clerk", "H", "hospital", Role.INSTITUTION),
        Attacker("clerk elsewhere", "H", "hospital-sn", Role.INSTITUTION),
        Attacker("physician", "P", "", Role.PHYSICIAN),
        Attacker("agency of one", "G", "hospital", Role.AGENCY),
        Attacker("agency elsewhere", "G", "agency-sn", Role.AGENCY),
        Attacker("city", "A", "city-2", Role.AUTHORITY),
        Attacker("county", "A", "county", Role.AUTHORITY),
        Attacker("province elsewhere", "A", "province-sn", Role.AUTHORITY),
    )
}


def username(site: Site, who: Attacker) -> str:
    """Give the account's stored name; of the physician, one of 平城区医院 who is still filling in."""
    if who.username:
        return who.username
    with site.session() as session:
        statement = (
            select(m.Account.username)
            .join(m.Identity, m.Identity.account_id == m.Account.id)
            .join(m.Assessment, m.Assessment.physician_id == m.Identity.physician_id)
            .where(
                m.Account.state == AccountState.ACTIVE,
                m.Assessment.status == AssessmentStatus.AWAITING_FORM,
                m.Assessment.institution_id == 2,
            )
            .order_by(m.Identity.id.desc())
        )
        return str(session.scalars(statement).first())


def client(site: Site, who: Attacker) -> Any:
    """Give the attacker's browser."""
    return site.client(username(site, who), who.role)


@contextmanager
def marked_site(template: str, server: DatabaseServer, folder: Path) -> Iterator[Site]:
    """Lend a copy of the demo with evidence in every hospital and marks in every text."""
    with server.lending(template) as url:
        opened = open_site(url, folder)
        with opened.session() as session:
            _leave_evidence(session)
            for model, (letter, columns) in MARKED.items():
                session.execute(
                    update(model)
                    .values({name: _marked(model, name, letter) for name in columns})
                    .execution_options(synchronize_session=False)
                )
            session.commit()
        yield opened
        with opened.app.app_context():
            db.engine.dispose()


def _marked(model: Any, name: str, letter: str) -> Any:
    known = func.coalesce(getattr(model, name), "")
    mark = literal(f"~{letter}") + cast(model.id, String) + literal("~")
    return mark + known if name == "filename" else known + mark  # the ending says what a file is


def _leave_evidence(session: Any) -> None:
    """Give every case a file, 免考 and 延考 under review, and every hospital an upload."""
    at = now()
    for case in session.scalars(select(m.Assessment)).all():
        _leave_requests(session, case, at)
        _leave_mentorship(session, case, at)
        foreign_requests.leave(session, case, at)
        foreign_sittings.leave(session, case, at)
        foreign_results.leave(session, case, at)
        session.add(
            m.Attachment(
                filename="证明.pdf", content_type="application/pdf", size=len(PDF),
                sha256=f"{case.id:064d}", uploaded_at=at, participation_id=case.participation_id,
                content=keyring().seal_bytes(PDF, context="attachment"),
                province_id=case.province_id, authority_path=case.authority_path,
                institution_id=case.institution_id, agency_id=case.agency_id,
                physician_id=case.physician_id,
            )
        )  # fmt: skip
    for house in session.scalars(select(m.Institution)).all():
        _leave_application(session, house, at)
        for kind in HOUSE_KINDS:
            _leave_upload(session, house, kind, at)
    for office in session.scalars(select(m.Authority)).all():
        for kind in OFFICE_KINDS:
            _leave_upload(session, office, kind, at)
        foreign_requests.leave_check(session, office, at)
        foreign_requests.leave_questions(session, office, at)
    foreign_requests.leave_members(session)


def _leave_requests(session: Any, case: m.Assessment, at: datetime) -> None:
    """Let one request of each kind wait for somebody, where the demo has none."""
    is_first = case.id % 2 == 0
    for model, states in ((m.Exemption, ExemptionStatus), (m.Deferral, DeferralStatus)):
        if session.scalars(select(model.id).where(model.assessment_id == case.id)).first():
            continue
        waits = states.AWAITING_INSTITUTION if is_first else states.AWAITING_AGENCY
        session.add(
            model(
                status=waits, status_since=at, ground="外来", assessment_id=case.id,
                participation_id=case.participation_id, province_id=case.province_id,
                authority_path=case.authority_path, institution_id=case.institution_id,
                agency_id=case.agency_id, physician_id=case.physician_id,
            )
        )  # fmt: skip


def _leave_mentorship(session: Any, case: m.Assessment, at: datetime) -> None:
    """Let every physician have a record, and ask for it to be amended."""
    owner = {
        name: getattr(case, name)
        for name in ("province_id", "authority_path", "institution_id", "physician_id")
    }
    said = {"host_department": "外科", "started_on": at.date()}
    record = m.Mentorship(supervisor="某", **said, **owner)
    session.add(
        m.MentorshipChange(
            supervisor="另", reason="外来", status_since=at, asked_at=at, mentorship=record,
            **said, **owner,
        )
    )  # fmt: skip


def _leave_application(session: Any, house: m.Institution, at: datetime) -> None:
    """Let every hospital wait to be an agency."""
    cycle = session.scalars(
        select(m.Cycle).where(m.Cycle.province_id == house.province_id).order_by(m.Cycle.id)
    ).first()
    known = select(m.AgencyApplication.id).where(m.AgencyApplication.institution_id == house.id)
    if session.scalars(known).first() is not None:
        return
    owner = {"province_id": house.province_id, "authority_path": house.authority_path}
    file = m.AgencyApplicationFile(
        filename="申请表.pdf", content_type="application/pdf", size=len(PDF),
        sha256=f"{house.id:064d}", uploaded_at=at, institution_id=house.id,
        content=keyring().seal_bytes(PDF, context="agency_application_file"), **owner,
    )  # fmt: skip
    session.add(
        m.AgencyApplication(
            status=AgencyApplicationStatus.AWAITING, status_since=at, applied_at=at,
            institution_id=house.id, cycle_id=cycle.id, files=[file], **owner,
        )
    )  # fmt: skip


FILES: dict[ImportKind, tuple[str, bytes]] = {
    ImportKind.PHYSICIAN: ("名单.xlsx", (DATA / MESSY).read_bytes()),
    ImportKind.DEPARTMENT: ("科室.csv", "科室,关联诊疗科目\n新科,内科\n".encode()),
    ImportKind.CONDUCT: (
        "记录.csv",
        "姓名,证件号码,记录类型,医疗卫生机构,结案时间,处理结果\n甲,1,良好,乙,2024-01-02,丙\n".encode(),
    ),
    ImportKind.INSTITUTION: (
        "机构.csv", "机构名称,统一社会信用代码,联系人\n甲,1,乙\n".encode()
    ),
    ImportKind.QUESTION: ("试题.csv", "题号,题型,测评科目,知识点,难度,题干,正确答案\n1,A1,甲,乙,易,丙,A\n".encode()),
    ImportKind.RESULT: (
        "结果.csv",
        "姓名,证件号码,考核周期,考核结果,认定日期,医疗卫生机构,依据文件\n甲,1,00,合格,2020-01-02,乙,丙\n".encode(),
    ),
    ImportKind.AUTHORITY: ("行政机构.csv", "名称,行政区划代码\n甲,1\n".encode()),
}  # fmt: skip
OFFICE_KINDS = (
    ImportKind.INSTITUTION, ImportKind.AUTHORITY, ImportKind.QUESTION, ImportKind.RESULT,
)  # fmt: skip
HOUSE_KINDS = (ImportKind.PHYSICIAN, ImportKind.DEPARTMENT, ImportKind.CONDUCT)


def _leave_upload(session: Any, owner: Any, kind: ImportKind, at: datetime) -> None:
    is_house = isinstance(owner, m.Institution)
    wears = m.Identity.institution_id if is_house else m.Identity.authority_id
    account = session.scalars(select(m.Identity.account_id).where(wears == owner.id)).first()
    name, content = FILES[kind]
    session.add(
        m.RosterUpload(
            token=f"{list(ImportKind).index(kind):02x}{owner.id:030x}", kind=kind, filename=name,
            sha256=sha256(content).hexdigest(), uploaded_at=at,
            content=keyring().seal_bytes(content, context="roster_upload"),
            expires_at=at + timedelta(hours=9), province_id=owner.province_id,
            authority_path=owner.authority_path if is_house else owner.path,
            institution_id=owner.id if is_house else None,
            authority_id=None if is_house else owner.id, account_id=account or 1,
        )
    )  # fmt: skip


def fingerprints(site: Site) -> dict[str, str]:
    """Digest every table but the two that merely visiting changes."""
    found = {}
    with site.app.app_context(), db.engine.connect() as connection:
        for name in sorted(inspect(db.engine).get_table_names()):
            if name in UNWATCHED:
                continue
            rows = connection.execute(select(text("*")).select_from(table(name))).all()
            found[name] = sha256(repr(sorted(map(repr, rows))).encode()).hexdigest()
    return found


class Reach:
    """Which rows an attacker may ever see: the oracle."""

    def __init__(self, site: Site, who: Attacker) -> None:
        self.site, self.who = site, who
        self.actor: Actor = site.actor(username(site, who), who.role)
        with site.session() as session:
            appointed = select(m.Appointment).where(
                m.Appointment.status == AppointmentStatus.ACTIVE
            )
            rows = session.scalars(appointed).all()
            self.entrusted = {r.institution_id for r in rows if r.agency_id == self.actor.agency_id}
            self.agencies = {
                r.agency_id for r in rows if r.institution_id == self.actor.institution_id
            }
            hats = session.scalars(select(m.Identity)).all()
            self.accounts = {hat.account_id for hat in hats if self._identity(hat)}
            own = [hat for hat in hats if hat.account_id == self.actor.account_id]
            self.worn = {hat.agency_id for hat in own} - {None}  # named where hats are changed

    def sees(self, row: Any) -> bool:
        """Say whether a row of any model may be read."""
        special: dict[type[Any], Callable[[Any], bool]] = {
            m.Institution: self._institution,
            m.Agency: self._agency,
            m.Department: lambda r: self._place(r.institution_id, r.authority_path),
            m.Physician: self._physician,
            m.Account: lambda r: r.id in self.accounts,
            m.Identity: self._identity,
            m.Cycle: lambda r: r.province_id == self.actor.province_id,
            m.Authority: lambda r: r.path.startswith(self.actor.authority_path),
            m.RegistryConflict: self._conflict,
            m.Message: lambda r: r.account_id == self.actor.account_id,
            m.Announcement: self._announcement,
            m.OutsideOpinion: lambda r: self._owned(r) or self._at_place(r),
            m.TransferRequest: self._transfer,
            m.Recusal: lambda r: self.who.letter != "H" and self._owned(r),
            m.Portrait: self._portrait,
            m.Penalty: self._portrait,
            m.CommitteeMember: lambda r: self.who.letter in "AG" and self._owned(r),
            m.SpotCheck: lambda r: self.who.letter == "A" and self._owned(r),
            m.SpotCheckItem: lambda r: self.who.letter == "A" and self._owned(r),
            m.Question: lambda r: self._of_office(r) or self._may_practise(r),
            m.Blueprint: self._of_office,
            m.ExamSession: lambda r: r.province_id == self.actor.province_id,
            m.SittingEvent: self._of_proctors,
            m.Snapshot: self._of_proctors,
            m.Certificate: lambda r: self.who.letter != "G" and self._owned(r),
            m.RosterUpload: lambda r: (
                (self.who.letter == "H" and r.institution_id == self.actor.institution_id)
                or (self.who.letter == "A" and r.authority_id == self.actor.authority_id)
            ),
        }
        judge = special.get(type(row), self._owned)
        return judge(row)

    def _of_office(self, row: Any) -> bool:
        return self.who.letter == "A" and row.authority_id == self.actor.authority_id

    def _may_practise(self, row: Any) -> bool:
        is_ours = row.province_id == self.actor.province_id
        return self.who.letter == "P" and is_ours and row.is_practice

    def _of_proctors(self, row: Any) -> bool:
        return self.who.letter in "GP" and self._owned(row)

    def _owned(self, row: Any) -> bool:
        actor = self.actor
        if self.who.letter == "H":
            return bool(row.institution_id == actor.institution_id)
        if self.who.letter == "P":
            own = actor.physician_id if hasattr(row, "physician_id") else actor.institution_id
            return bool(getattr(row, "physician_id", row.institution_id) == own)
        if self.who.letter == "G":
            return bool(getattr(row, "agency_id", None) == actor.agency_id)
        return str(row.authority_path).startswith(actor.authority_path)

    def _conflict(self, row: Any) -> bool:
        if self.who.letter == "H":
            return self.actor.institution_id in (row.institution_id, row.target_id)
        return self.who.letter == "A" and self._owned(row)

    def _at_place(self, row: Any) -> bool:
        own = self.actor.institution_id
        return self.who.letter == "H" and own is not None and row.place_institution_id == own

    def _transfer(self, row: Any) -> bool:
        if self.who.letter == "H":
            return self.actor.institution_id in (row.institution_id, row.from_institution_id)
        if self.who.letter == "A":
            path = self.actor.authority_path
            return row.from_path.startswith(path) or row.authority_path.startswith(path)
        return self.who.letter == "P" and self._owned(row)

    def _portrait(self, row: Any) -> bool:
        if self.who.letter == "G":
            return row.institution_id in self.entrusted
        return self._owned(row)

    def _place(self, institution_id: int, path: str) -> bool:
        if self.who.letter in "HP":
            return institution_id == self.actor.institution_id
        if self.who.letter == "G":
            return institution_id in self.entrusted
        return path.startswith(self.actor.authority_path)

    def _institution(self, row: Any) -> bool:
        if self.who.letter == "G" and row.id == self.actor.institution_id:
            return True  # the hospital whose office it is
        return self._place(row.id, row.authority_path)

    def _agency(self, row: Any) -> bool:
        if self.who.letter in "HP":
            return row.id in self.agencies
        return self._owned(row) if self.who.letter == "A" else row.id == self.actor.agency_id

    def is_above(self, row: Any) -> bool:
        """Say whether a body lies under an authority above the attacker's."""
        return self.actor.authority_path.startswith(row.authority_path)

    def _announcement(self, row: Any) -> bool:
        if self.who.letter == "A" and row.authority_path.startswith(self.actor.authority_path):
            return True  # its own and those of the offices below it, drafts included
        meant = {"H": "INSTITUTIONS", "P": "PHYSICIANS", "G": "AGENCIES", "A": "ALL"}
        is_meant = row.audience.name in ("ALL", meant[self.who.letter])
        in_force = row.published_at is not None and row.withdrawn_at is None
        return is_meant and in_force and self.is_above(row)

    def _physician(self, row: Any) -> bool:
        if self.who.letter == "P":
            return bool(row.id == self.actor.physician_id)
        return self._place(row.institution_id, row.authority_path)

    def _identity(self, hat: Any) -> bool:
        return hat.account_id == self.actor.account_id or self._owned(hat)

    def rows(self, model: type[Any], *where: Any) -> tuple[list[Any], list[Any]]:
        """Give a model's rows as (own, foreign)."""
        own: list[Any] = []
        foreign: list[Any] = []
        with self.site.session() as session:
            for row in session.scalars(select(model).where(*where).order_by(model.id)):
                (own if self.sees(row) else foreign).append(row)
            session.expunge_all()
        return own, foreign


@dataclass(frozen=True)
class Eyes:
    """Finds in an answer every mark the attacker may not read, and every foreign ID number."""

    allowed: dict[str, frozenset[int]]
    numbers: frozenset[str]

    @classmethod
    def of(cls, reach: Reach) -> "Eyes":
        """Ask the oracle about every marked row."""
        allowed = {
            letter: frozenset(row.id for row in reach.rows(model)[0])
            for letter, model in LETTERS.items()
        }
        if reach.who.letter == "A":  # a superior's agency may be appointed, hence chosen by name
            above = {a.id for a in reach.rows(m.Agency)[1] if reach.is_above(a)}
            allowed["a"] |= above
        allowed["a"] |= reach.worn
        foreign = reach.rows(m.Physician)[1]
        return cls(allowed, frozenset(row.id_number for row in foreign))

    def leaks(self, shown: str) -> list[str]:
        """List what must not be there."""
        found = {
            f"{letter}{number}"
            for letter, number in MARK.findall(shown)
            if letter in LETTERS and int(number) not in self.allowed[letter]
        }
        return sorted(found | {number for number in self.numbers if number in shown})

    def own(self, shown: str) -> set[str]:
        """List the marks that rightly are there."""
        return {f"{letter}{number}" for letter, number in MARK.findall(shown)}


def spread(rows: Iterable[Any], most: int = 4) -> list[Any]:
    """Choose few rows of different owners: hospitals of the same and of the other province."""
    by_owner: dict[Any, Any] = {}
    for row in rows:
        owner = tuple(getattr(row, name, None) for name in ("province_id", "institution_id"))
        by_owner.setdefault(owner, row)
    chosen = list(by_owner.values())
    return chosen if len(chosen) <= most else [*chosen[: most - 1], chosen[-1]]
