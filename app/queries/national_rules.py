"""全国考核规则: the published versions, and what a cycle has of its own."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Cycle, NationalRules
from app.queries import cycles
from app.rules import CycleRules


def newest(session: Session) -> NationalRules | None:
    """Give the version in force, or None before the first."""
    return session.scalars(
        select(NationalRules).order_by(NationalRules.number.desc()).limit(1)
    ).first()


def numbered(session: Session, number: int | None) -> NationalRules | None:
    """Give one version; None: the one before the first."""
    return session.scalars(select(NationalRules).where(NationalRules.number == number)).first()


def read(version: NationalRules | None) -> CycleRules:
    """Read a version; without one the law's own numbers hold."""
    return CycleRules.from_document(version.rules) if version is not None else CycleRules()


def inherited(session: Session, cycle: Cycle | None) -> CycleRules:
    """Give the rules that the cycle after this one begins with.

    The newest national version holds, save where the cycle had departed from the version that it
    was set up from: what a province decided for itself stays decided.
    """
    current = read(newest(session))
    if cycle is None:
        return current
    base, own = read(numbered(session, cycle.national_number)), cycles.rules(cycle)
    return current.with_rules({name: getattr(own, name) for name in own.differing(base)})
