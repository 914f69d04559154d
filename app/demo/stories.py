"""What happens to the demo's physicians, as a table: who takes which step how many days ago."""

from dataclasses import dataclass

from app.enums import Procedure, Role, SimplifiedGround, Verdict

CONFIRMED_DAYS, FILLED_DAYS = 50, 42

_FAIL_REASONS = {
    "work": "考核周期内出勤不足，年度工作量未达到本科室规定标准。",
    "ethics": "考核周期内两次被投诉服务态度生硬，经查属实。",
}


SIT = "sit"
"""Not a step: what papers.py makes of it."""


@dataclass(frozen=True)
class Move:
    """One step: days ago, the role that takes it, the action, and what is said with it."""

    days: int
    role: Role
    action: str
    comment: str | None = None
    failing: str | None = None


@dataclass(frozen=True, kw_only=True)
class Story:
    """The way of one physician through the cycle; ``weight`` says how common it is."""

    name: str
    weight: int
    is_confirmed: bool = True
    is_filled: bool = True
    is_half_filled: bool = False
    ground: SimplifiedGround | None = None
    has_bad_record: bool = False
    has_second_place: bool = False
    moves: tuple[Move, ...] = ()

    @property
    def procedure(self) -> Procedure:
        """简易程序 needs a ground."""
        return Procedure.SIMPLIFIED if self.ground else Procedure.GENERAL


def fail_reason(failing: str) -> str:
    """Give the reason for 不合格 of a part."""
    return _FAIL_REASONS[failing]


def verdict(part: str, failing: str | None) -> Verdict:
    """Judge a part: only the failing one fails."""
    return Verdict.FAIL if part == failing else Verdict.PASS


def _submit(days: int = 40) -> Move:
    return Move(days, Role.PHYSICIAN, "submit")


def _hospital(days: int = 33, failing: str | None = None) -> Move:
    return Move(days, Role.INSTITUTION, "institution_submit", failing=failing)


def _agency(days: int = 25, failing: str | None = None) -> Move:
    return Move(days, Role.AGENCY, "agency_pass", failing=failing)


def _sit(days: int, failing: str | None = None) -> Move:
    """All open papers are sat: scores are entered and confirmed; the first may fail."""
    return Move(days, Role.AGENCY, SIT, failing=failing)


def _clock(days: int, action: str) -> Move:
    return Move(days, Role.SYSTEM, action)


def _conclude(days: int) -> Move:
    return Move(days, Role.AGENCY, "conclude")


_REJECT = "工作业绩中手术例数与病案系统不一致，请核对后重新提交。"
_AGENCY_REJECT = "简易程序申请材料不全，请补充职称证书复印件后重新提交。"
_RETURN = "工作业绩意见缺少年度考核依据，请医疗卫生机构补充。"
_TAKE_BACK = "医师来函要求更正考核程序，经核实同意退回填报。"
_TWELVE = SimplifiedGround.TWELVE_YEARS_CLEAN
_FIVE = SimplifiedGround.FIVE_YEARS_GOOD
_PROVINCIAL = SimplifiedGround.PROVINCIAL
_REVIEWED = (_submit(), _hospital())
_PASSED = (*_REVIEWED, _agency())
_EXAMINED = (*_PASSED, _sit(14))
_MAKEUP = (*_PASSED, _sit(16, failing="paper"))

NEWCOMERS = (  # the first two physicians of 平城区医院, whose accounts the demo prints
    Story(name="printed", weight=0, is_filled=False),
    Story(name="printed_initial", weight=0, is_filled=False),
)
STORIES = (
    Story(name="unconfirmed", weight=7, is_confirmed=False, is_filled=False),
    Story(
        name="away",
        weight=1,
        is_confirmed=False,
        is_filled=False,
        moves=(Move(48, Role.INSTITUTION, "leave"),),
    ),
    Story(
        name="moved",
        weight=0,
        is_confirmed=False,
        is_filled=False,
        moves=(_clock(30, "move"),),
    ),
    Story(
        name="withdrawn",
        weight=0,
        is_filled=False,
        moves=(Move(47, Role.INSTITUTION, "withdraw"),),
    ),
    Story(name="awaiting_form", weight=3, is_filled=False),
    Story(name="half_filled", weight=2, is_half_filled=True),
    Story(
        name="taken_back",
        weight=0,
        moves=(*_REVIEWED, Move(28, Role.AUTHORITY, "authority_return", _TAKE_BACK)),
    ),
    Story(name="awaiting_institution", weight=4, has_bad_record=True, moves=(_submit(6),)),
    Story(name="awaiting_institution_simplified", weight=2, ground=_FIVE, moves=(_submit(4),)),
    Story(
        name="institution_rejected",
        weight=1,
        moves=(_submit(20), Move(15, Role.INSTITUTION, "institution_reject", _REJECT)),
    ),
    Story(
        name="resubmitted",
        weight=1,
        moves=(
            _submit(),
            Move(36, Role.INSTITUTION, "institution_reject", _REJECT),
            _submit(34),
            _hospital(30),
        ),
    ),
    Story(name="awaiting_agency", weight=3, has_second_place=True, moves=_REVIEWED),
    Story(name="awaiting_agency_simplified", weight=2, ground=_TWELVE, moves=_REVIEWED),
    Story(
        name="awaiting_agency_failing",
        weight=1,
        has_bad_record=True,
        moves=(_submit(), _hospital(failing="ethics")),
    ),
    Story(
        name="agency_rejected",
        weight=1,
        ground=_PROVINCIAL,
        moves=(*_REVIEWED, Move(24, Role.AGENCY, "agency_reject", _AGENCY_REJECT)),
    ),
    Story(
        name="returned_to_institution",
        weight=1,
        moves=(*_REVIEWED, Move(22, Role.AGENCY, "agency_return", _RETURN)),
    ),
    Story(name="awaiting_exam", weight=5, moves=_PASSED),
    Story(name="awaiting_exam_simplified", weight=3, ground=_TWELVE, moves=_PASSED),
    Story(name="deferred", weight=1, moves=_PASSED),  # what is asked for: requests.py
    Story(name="awaiting_makeup", weight=2, moves=_MAKEUP),
    Story(name="awaiting_verdict", weight=2, moves=_EXAMINED),
    Story(name="passed", weight=6, moves=(*_EXAMINED, _conclude(9))),
    Story(
        name="passed_simplified",
        weight=4,
        ground=_TWELVE,
        moves=(*_EXAMINED, _conclude(8)),
    ),
    Story(
        name="failed_papers",
        weight=1,
        moves=(*_MAKEUP, _sit(7, failing="paper"), _conclude(5)),
    ),
    Story(
        name="failed_work",
        weight=1,
        has_bad_record=True,
        moves=(_submit(), _hospital(failing="work"), _agency(failing="work")),
    ),
)

NEIGHBOURS = (  # 陕西省 asks no paper of 简易程序
    Story(name="unconfirmed", weight=1, is_confirmed=False, is_filled=False),
    Story(name="awaiting_form", weight=1, is_filled=False),
    Story(name="awaiting_institution", weight=1, moves=(_submit(6),)),
    Story(name="awaiting_agency_simplified", weight=1, ground=_TWELVE, moves=_REVIEWED),
    Story(name="awaiting_exam", weight=1, moves=_PASSED),
    Story(name="awaiting_verdict_simplified", weight=1, ground=_TWELVE, moves=_PASSED),
    Story(name="passed", weight=1, moves=(*_EXAMINED, _conclude(9))),
    Story(
        name="passed_simplified",
        weight=1,
        ground=_FIVE,
        moves=(*_PASSED, _conclude(8)),
    ),
)
