"""Who may be an agency (art. 7), and for how long one that lost its standing may not (art. 29)."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.enums import AgencyKind, CycleStatus, InstitutionKind
from app.models import Agency, Cycle, Institution, Physician
from app.rules import CycleRules

_PREVENTION = frozenset(
    {
        InstitutionKind.MATERNITY,
        InstitutionKind.SPECIAL_PREVENTION,
        InstitutionKind.DISEASE_CONTROL,
    }
)


@dataclass(frozen=True, slots=True)
class Qualification:
    """What art. 7 asks of an institution, and what it has; ``actual`` None: not known."""

    kind: AgencyKind
    word: LazyString
    actual: int | None
    needed: int

    @property
    def is_met(self) -> bool:
        """Say whether the institution may be an agency."""
        return self.actual is not None and self.actual >= self.needed

    @property
    def objection(self) -> LazyString | None:
        """Say what is missing, or None."""
        if self.is_met:
            return None
        if self.actual is None:
            return _l(
                "该机构的%(what)s未填写，无法核对条件（管理办法第七条：不少于%(needed)s）。",
                what=self.word, needed=self.needed,
            )  # fmt: skip
        return _l(
            "该机构的%(what)s为%(actual)s，不符合条件（管理办法第七条：不少于%(needed)s）。",
            what=self.word, actual=self.actual, needed=self.needed,
        )  # fmt: skip


def qualification(session: Session, institution: Institution, rules: CycleRules) -> Qualification:
    """Measure an institution: beds of a 医疗机构, physicians of a 预防、保健机构."""
    if institution.kind not in _PREVENTION:
        beds = institution.beds
        return Qualification(AgencyKind.MEDICAL, _l("床位数"), beds, rules.agency_min_beds)
    listed = session.scalar(select(func.count()).where(Physician.institution_id == institution.id))
    number = max(listed or 0, institution.physician_count or 0)
    return Qualification(AgencyKind.PREVENTION, _l("医师数"), number, rules.agency_min_physicians)


def cycles_left(session: Session, agency: Agency) -> int:
    """Count the cycles that must end before a disqualified agency may be one again.

    The cycle in which it lost its standing is the first of them.
    """
    if agency.barred_cycles is None or agency.barred_since_id is None:
        return 0
    since = session.get_one(Cycle, agency.barred_since_id)
    over = session.scalar(
        select(func.count()).where(
            Cycle.province_id == agency.province_id,
            Cycle.starts_on >= since.starts_on,
            Cycle.status == CycleStatus.CLOSED,
        )
    )
    return max(agency.barred_cycles - (over or 0), 0)
