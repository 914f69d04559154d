"""考核结果汇总: conclusions of one cycle counted by the categories of the law and by who assessed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.enums import FilingStatus, Verdict
from app.exams import shares
from app.models import Conclusion, Physician

C, P = Conclusion, Physician


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to group; ``column`` names the address argument of the list behind a figure."""

    name: str
    label: Any
    expression: Any
    argument: str | None = None
    only_over_institutions: bool = False


DIMENSIONS: tuple[Dimension, ...] = (
    Dimension("category", _l("执业类别"), P.category, "category"),
    Dimension("level", _l("医师级别"), P.level),
    Dimension("procedure", _l("考核程序"), C.procedure, "procedure"),
    Dimension("agency", _l("考核机构"), C.agency_name),
    Dimension(
        "institution", _l("医疗卫生机构"), C.institution_name, "institution",
        only_over_institutions=True,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How one group came out; ``key`` is a vocabulary's member, a name or None."""

    key: Any
    total: int
    passed: int
    lapsed: int
    filed: int

    @property
    def failed(self) -> int:
        """不合格, 未参加 among them."""
        return self.total - self.passed

    @property
    def share(self) -> float:
        """合格率 in shares of one."""
        return self.passed / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float] | None:
        """How far 合格率 may be chance."""
        return shares.interval(self.passed, self.total)

    @property
    def is_small(self) -> bool:
        """Say whether the group is too small to be compared by its share alone."""
        return self.total < shares.FEW


def tallies(session: Session, dimension: Dimension, *, cycle_label: str) -> list[Tally]:
    """Count the conclusions in the actor's scope, the largest groups first."""
    key = dimension.expression
    total = func.count(C.id)
    rows = session.execute(
        select(
            key,
            total,
            _number(C.result == Verdict.PASS),
            _number(C.is_lapsed),
            _number(C.status == FilingStatus.FILED),
        )
        .join(P, P.id == C.physician_id)
        .where(C.cycle_label == cycle_label, C.status != FilingStatus.REOPENED)
        .group_by(key)
        .order_by(total.desc(), key)
    )
    return [
        Tally(key=one, total=number, passed=passed, lapsed=lapsed, filed=filed)
        for one, number, passed, lapsed, filed in rows
    ]


def whole(rows: Sequence[Tally]) -> Tally:
    """Add groups up."""

    def add(read: Callable[[Tally], int]) -> int:
        return sum(read(row) for row in rows)

    return Tally(
        key=None,
        total=add(lambda row: row.total),
        passed=add(lambda row: row.passed),
        lapsed=add(lambda row: row.lapsed),
        filed=add(lambda row: row.filed),
    )


def labels(session: Session) -> list[str]:
    """List the cycles with conclusions in the actor's scope, the latest first."""
    found = select(C.cycle_label).group_by(C.cycle_label).order_by(func.max(C.concluded_on).desc())
    return list(session.scalars(found.limit(100)))


def _number(criterion: Any) -> Any:
    return func.sum(case((criterion, 1), else_=0))
