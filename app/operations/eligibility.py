"""Who may choose which 考核程序: years of practice and conduct against the cycle's rules."""

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.enums import Procedure, SimplifiedGround
from app.models import Assessment, Registration
from app.operations import penalties
from app.periods import full_years
from app.queries import cycles


def practice_years(case: Assessment) -> int:
    """Count full years of practice up to the day the cycle's rules name (domain 1.5)."""
    until = cycles.rules(case.cycle).practice_years_on or case.cycle.last_day
    return full_years(case.physician.licensed_on, until)


def open_procedures(
    case: Assessment, registration: Registration
) -> dict[Procedure, LazyString | None]:
    """Say for each procedure why it is closed, or None (art. 21)."""
    return {
        Procedure.GENERAL: None,
        Procedure.SIMPLIFIED: chosen_ground_objection(case, registration),
    }


def chosen_ground_objection(case: Assessment, registration: Registration) -> LazyString | None:
    """Say why the ground that was chosen does not open 简易程序, or None."""
    ground = registration.simplified_ground
    if ground is None:
        return _l("请选择申请简易程序的条件。")
    return (
        years_objection(case, ground)
        or conduct_objection(ground, registration)
        or _penalty_objection(case, ground)
        or _provincial_objection(case, ground, registration.provincial_ground)
    )


def years_objection(case: Assessment, ground: SimplifiedGround) -> LazyString | None:
    """Say why no answer in the form can open a ground: too few years, or no such case."""
    rules = cycles.rules(case.cycle)
    needed = {
        SimplifiedGround.FIVE_YEARS_GOOD: rules.simplified_years_good,  # art. 21 (1)
        SimplifiedGround.TWELVE_YEARS_CLEAN: rules.simplified_years_clean,  # art. 21 (2)
    }.get(ground)
    if needed is None:  # art. 21 (3)
        return None if rules.provincial_grounds else _l("本省未规定其他情形，不能选择该条件。")
    years = practice_years(case)
    if years >= needed:
        return None
    return _l("执业满%(years)s年，不足%(needed)s年，不符合该条件。", years=years, needed=needed)


def conduct_objection(
    ground: SimplifiedGround, registration: Registration | None
) -> LazyString | None:
    """Say which 执业行为记录 a ground still lacks, as far as the form was answered."""
    good = registration.has_good_record if registration else None
    bad = registration.has_bad_record if registration else None
    if ground is SimplifiedGround.FIVE_YEARS_GOOD and not good:  # art. 21 (1)
        return _l("该条件要求考核周期内有良好执业行为记录。")
    if ground is SimplifiedGround.TWELVE_YEARS_CLEAN and bad is not False:  # art. 21 (2)
        return _l("该条件要求考核周期内无不良执业行为记录。")
    return None


def _penalty_objection(case: Assessment, ground: SimplifiedGround) -> LazyString | None:
    """A penalty is a bad record, whatever the form says (art. 17, 20, 21)."""
    if ground is not SimplifiedGround.TWELVE_YEARS_CLEAN:
        return None
    found = penalties.in_cycle(case.physician, case.cycle)
    if not found:
        return None
    return _l(
        "考核周期内有行政处罚（%(document)s），不符合无不良执业行为记录的条件。",
        document=found[0].document,
    )


def _provincial_objection(
    case: Assessment, ground: SimplifiedGround, chosen: str | None
) -> LazyString | None:
    if ground is not SimplifiedGround.PROVINCIAL:
        return None
    if chosen not in cycles.rules(case.cycle).provincial_grounds:  # art. 21 (3)
        return _l("请从本省规定的情形中选择一项。")
    return None
