"""A small model of 参加 and 考核, written from domain 3.2 and not from the code, to compare with."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

from app.enums import AssessmentStatus as S
from app.enums import ParticipationStatus as P

INSIDE, LATE, OVER = "inside", "late", "over"
"""All windows open; registration over and review open; review over."""
WHEN = (INSIDE, LATE, OVER)
PASS, FAIL, LACKING, NOTHING = "pass", "fail", "lacking", ""
OWN = ("hospital", "physician", "agency", "authority", "system")
FOREIGN = ("other hospital", "other physician", "other agency", "other authority")
REASONED = frozenset(
    {
        "institution_reject",
        "agency_reject",
        "agency_return",
        "agency_not_simplified",
        "authority_return",
        "die",
        "reinstate",
        "cancel_pass",
    }
)
JUDGED = frozenset({"institution_submit", "agency_pass"})

UNSEEN, FORBIDDEN, REFUSED = "unseen", "forbidden", "refused"


@dataclass(frozen=True)
class State:
    """Where one physician stands in one cycle; ``case`` is None while there is none."""

    participation: P = P.UNCONFIRMED
    case: S | None = None
    is_submitted: bool = False
    is_failed: bool = False
    is_filled: bool = True
    is_opened: bool = False
    result: str | None = None
    absence: str | None = None
    is_lapsed: bool = False
    halted_from: S | None = None


@dataclass(frozen=True)
class Move:
    """Who tries what, when, and with what: a reason, or opinions."""

    axis: str
    action: str
    who: str
    when: str = INSIDE
    said: str = NOTHING


_WITH_PHYSICIAN = frozenset({S.AWAITING_FORM, S.INSTITUTION_REJECTED, S.AGENCY_REJECTED})
_SUBMITTED = frozenset(
    {
        S.AWAITING_INSTITUTION,
        S.INSTITUTION_REJECTED,
        S.AWAITING_AGENCY,
        S.AGENCY_REJECTED,
        S.AWAITING_EXAM,
    }
)
_PARTICIPATION: Mapping[str, tuple[P, P]] = {
    "confirm": (P.UNCONFIRMED, P.CONFIRMED),  # T1
    "withdraw": (P.CONFIRMED, P.UNCONFIRMED),  # T2
    "leave": (P.UNCONFIRMED, P.AWAY),  # T4
    "change_absence": (P.AWAY, P.AWAY),  # T4
    "come_back": (P.AWAY, P.UNCONFIRMED),  # T4
    "rehire": (P.AWAY, P.UNCONFIRMED),  # T4, who has retired
    "absence_ends": (P.AWAY, P.UNCONFIRMED),  # T4, on the day after the last one
}
RETIRED, ENDING, STOPPED = "retired", "ending", "stopped"
"""Absences: of a retired physician, until a day that is over when all windows are, by the authority."""
_STOPPING = ("die", "reinstate")
_CLOCK: Mapping[str, tuple[frozenset[S], S]] = {
    "defer": (frozenset({S.AWAITING_EXAM, S.AWAITING_MAKEUP}), S.DEFERRED),  # T17
    "resume": (frozenset({S.DEFERRED}), S.AWAITING_EXAM),  # T17
    "papers_failed": (frozenset({S.AWAITING_EXAM}), S.AWAITING_MAKEUP),  # T25
    "papers_ended": (frozenset({S.AWAITING_EXAM, S.AWAITING_MAKEUP}), S.AWAITING_VERDICT),  # T28
    "papers_reopened": (frozenset({S.AWAITING_VERDICT}), S.AWAITING_MAKEUP),  # T23, T24
    "papers_resumed": (frozenset({S.AWAITING_VERDICT}), S.AWAITING_EXAM),  # T24
    "revise": (frozenset({S.COMPLETED}), S.COMPLETED),  # T30
    "reopen": (frozenset({S.COMPLETED}), S.AWAITING_EXAM),  # T30
    "lapse": (_WITH_PHYSICIAN, S.COMPLETED),  # T38
}
_ACTOR: Mapping[str, str] = {
    **dict.fromkeys(_PARTICIPATION, "hospital"),
    "absence_ends": "system",
    **dict.fromkeys(_STOPPING, "authority"),
    **dict.fromkeys(_CLOCK, "system"),
    "submit": "physician",
    "take_back": "physician",
    "institution_submit": "hospital",
    "institution_reject": "hospital",
    "agency_pass": "agency",
    "agency_reject": "agency",
    "agency_return": "agency",
    "agency_not_simplified": "agency",
    "authority_return": "authority",
    "conclude": "agency",
    "cancel_pass": "authority",
}


def moves(state: State) -> Iterator[Move]:
    """Give every move that can be tried: legal or not, by everybody, at every time."""
    seat = (*_PARTICIPATION, *_STOPPING)
    actions = [("participation", name) for name in seat]
    if state.case is not None:
        actions += [("assessment", name) for name in _ACTOR if name not in seat]
    for (axis, action), who, when in product(actions, (*OWN, *FOREIGN), WHEN):
        for said in _said(action):
            yield Move(axis, action, who, when, said)


def _said(action: str) -> tuple[str, ...]:
    if action in JUDGED:
        return (PASS, FAIL, LACKING)
    if action in ("leave", "change_absence"):
        return (PASS, RETIRED, ENDING, NOTHING)
    return (PASS, NOTHING) if action in REASONED else (NOTHING,)


def after(state: State, move: Move, *, has_papers: bool) -> State | str:
    """Give the state that follows, or why none does."""
    if move.who in FOREIGN:
        return UNSEEN
    if move.who != _ACTOR[move.action]:
        return FORBIDDEN
    if move.action in _STOPPING:
        return _stopping(state, move)
    if move.axis == "participation":
        return _participation(state, move)
    if move.action in _CLOCK:
        return _clock(state, move)
    return _case(state, move, has_papers=has_papers)


def _participation(state: State, move: Move) -> State | str:
    source, target = _PARTICIPATION[move.action]
    is_closed = {
        "confirm": move.when != INSIDE,
        "withdraw": state.is_submitted or state.case is S.COMPLETED,
        "leave": move.said == NOTHING,
        "change_absence": state.absence == STOPPED,
        "come_back": state.absence in (RETIRED, STOPPED),
        "rehire": state.absence != RETIRED,
        "absence_ends": state.absence != ENDING or move.when != OVER,
    }
    if state.participation is not source or is_closed.get(move.action, False):
        return REFUSED
    case = S.AWAITING_FORM if move.action == "confirm" else None
    absence = None
    if target is P.AWAY:  # saying nothing leaves an absence as it is
        absence = state.absence if move.said == NOTHING else move.said
    return State(participation=target, case=case, is_filled=state.is_filled, absence=absence)


def _stopping(state: State, move: Move) -> State | str:
    """离世 or 注销注册: the case stands still, and goes on from there when it was a mistake."""
    is_stopped = state.absence == STOPPED
    if not move.said or is_stopped is (move.action == "die") or state.case is S.COMPLETED:
        return REFUSED
    if move.action == "die":
        case = S.HALTED if state.case is not None else None
        return replace(
            state, participation=P.AWAY, absence=STOPPED, case=case, halted_from=state.case
        )
    seat = P.UNCONFIRMED if state.case is None else P.CONFIRMED
    return replace(
        state, participation=seat, absence=None, case=state.halted_from, halted_from=None
    )


def _clock(state: State, move: Move) -> State | str:
    sources, target = _CLOCK[move.action]
    if state.case not in sources:
        return REFUSED
    if move.action == "reopen":  # nothing is left to be sat: see test_results.py
        return REFUSED
    if move.action == "revise":  # without a ruling it comes to what it came to
        return state
    result = FAIL if move.action == "lapse" else None
    is_lapsed = state.is_lapsed or move.action == "lapse"
    return replace(state, case=target, result=result, is_lapsed=is_lapsed)


def _case(state: State, move: Move, *, has_papers: bool) -> State | str:
    if move.action == "submit":
        return _submit(state, move)
    if move.action == "conclude":
        return _conclude(state, has_papers=has_papers)
    if move.action == "cancel_pass":  # T37
        if state.case is not S.COMPLETED or state.result != PASS or not move.said:
            return REFUSED
        return replace(state, result=FAIL, is_lapsed=True)
    if move.action == "take_back":  # T6
        if state.case is not S.AWAITING_INSTITUTION or state.is_opened:
            return REFUSED
        return replace(state, case=S.AWAITING_FORM, is_submitted=False)
    if move.action == "authority_return":  # T3
        if state.case not in _SUBMITTED or not move.said:
            return REFUSED
        return replace(state, case=S.AWAITING_FORM, is_submitted=False, is_failed=False)
    return _review(state, move, has_papers=has_papers)


def _conclude(state: State, *, has_papers: bool) -> State | str:
    """T29; papers of the walk are never sat, so that only a case without any comes to a result."""
    if state.case is not S.AWAITING_VERDICT:
        return REFUSED
    if state.is_lapsed or state.is_failed:
        return replace(state, case=S.COMPLETED, result=FAIL)
    return REFUSED if has_papers else replace(state, case=S.COMPLETED, result=PASS)


def _submit(state: State, move: Move) -> State | str:  # T5
    last = LATE if state.case is not S.AWAITING_FORM else INSIDE
    is_open = WHEN.index(move.when) <= WHEN.index(last)
    if state.case not in _WITH_PHYSICIAN or not is_open or not state.is_filled:
        return REFUSED
    return replace(state, case=S.AWAITING_INSTITUTION, is_submitted=True, is_opened=False)


def _review(state: State, move: Move, *, has_papers: bool) -> State | str:
    waiting = S.AWAITING_INSTITUTION if move.who == "hospital" else S.AWAITING_AGENCY
    if state.case is not waiting or move.when == OVER or move.said in (LACKING, NOTHING):
        return REFUSED
    if move.action == "agency_not_simplified":
        return REFUSED  # the case of the walk goes by 一般程序
    is_failed = state.is_failed or (move.action in JUDGED and move.said == FAIL)
    if move.action == "institution_submit":  # T8, T9
        return replace(state, case=S.AWAITING_AGENCY, is_failed=is_failed, is_opened=True)
    if move.action == "agency_pass":
        if is_failed:  # T11, art. 22
            return replace(state, case=S.COMPLETED, is_failed=True, result=FAIL)
        target = S.AWAITING_EXAM if has_papers else S.AWAITING_VERDICT  # T12, T13
        return replace(state, case=target)
    if move.action == "agency_return":  # T10, the institution's opinions stay until it gives others
        return replace(state, case=S.AWAITING_INSTITUTION)
    back = S.INSTITUTION_REJECTED if move.action == "institution_reject" else S.AGENCY_REJECTED
    return replace(state, case=back, is_failed=False)  # T7, T10
