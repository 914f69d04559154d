"""What the next cycle takes from the one before, and whom a change of rules would touch."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.enums import AssessmentStatus, Procedure
from app.models import Assessment, Cycle, Deferral, Exemption
from app.operations.cycle_changes import RULE_WORDS, CycleFacts, facts_of
from app.queries import national_rules
from app.rules import CycleRules

_A = AssessmentStatus
_UNSENT = frozenset({_A.AWAITING_FORM, _A.INSTITUTION_REJECTED, _A.AGENCY_REJECTED})
_UNSAT = _UNSENT | {_A.AWAITING_INSTITUTION, _A.AWAITING_AGENCY, _A.AWAITING_EXAM, _A.DEFERRED}
_UNDONE = frozenset(_A) - {_A.COMPLETED}
_BY_FORM = (
    "simplified_years_good", "simplified_years_clean", "practice_years_on", "provincial_grounds",
    "statement_min_length", "statement_max_length",
)  # fmt: skip
_BY_EXEMPTION = ("exemption_grounds", "exempted_papers", "exemption_from", "exemption_until")


@dataclass(frozen=True, slots=True)
class Touch:
    """How many cases a changed rule would treat otherwise from now on; ``word`` is untranslated."""

    word: str
    cases: int


def next_facts(session: Session, cycle: Cycle) -> CycleFacts:
    """Suggest the cycle after this one: it follows at once, as long, with its windows and rules.

    Rules that it had taken over from the nation follow the newest national version.

    Days of the rules move along with the windows; an ordinal label is counted on.
    """
    known = facts_of(cycle)
    shift = known.last_day + timedelta(days=1) - known.starts_on

    def moved(day: date | None) -> date | None:
        return None if day is None else day + shift

    rules = replace(
        national_rules.inherited(session, cycle),
        practice_years_on=moved(known.rules.practice_years_on),
        exemption_from=moved(known.rules.exemption_from),
        exemption_until=moved(known.rules.exemption_until),
    )
    label = known.label
    if label.isdecimal():
        label = str(int(label) + 1).zfill(len(label))
    return CycleFacts(
        label=label,
        starts_on=known.starts_on + shift,
        last_day=known.last_day + shift,
        windows={kind: (a + shift, b + shift) for kind, (a, b) in known.windows.items()},
        rules=rules,
    )


def touches(session: Session, cycle: Cycle, after: CycleRules) -> tuple[Touch, ...]:
    """Count, for every rule that differs, the cases below the actor it would still decide.

    What was decided stays: a case that was sent in keeps its procedure, one that was sat its papers.
    """
    before = CycleRules.from_document(cycle.rules or {})
    changed = [name for name in RULE_WORDS if getattr(before, name) != getattr(after, name)]
    return tuple(Touch(RULE_WORDS[name], _touched(session, cycle, name)) for name in changed)


def _touched(session: Session, cycle: Cycle, name: str) -> int:
    if name in _BY_EXEMPTION or name == "deferral_grounds":
        model: Any = Deferral if name == "deferral_grounds" else Exemption
        waiting = ("AWAITING_INSTITUTION", "AWAITING_AGENCY")
        states = [one for one in model.status.type.enum_class if one.name in waiting]
        statement = select(func.count(model.id)).where(
            model.cycle_id == cycle.id, model.status.in_(states)
        )
        return session.scalar(statement) or 0
    statement = select(func.count(Assessment.id)).where(Assessment.cycle_id == cycle.id)
    if name in _BY_FORM:
        statement = statement.where(Assessment.status.in_(_UNSENT))
    elif name in ("papers_general", "papers_simplified"):
        is_simple = Assessment.procedure == Procedure.SIMPLIFIED
        kind = is_simple if name == "papers_simplified" else is_simple.is_not(True)
        statement = statement.where(Assessment.status.in_(_UNSAT), kind)
    else:
        statement = statement.where(Assessment.status.in_(_UNDONE))
    return session.scalar(statement) or 0
