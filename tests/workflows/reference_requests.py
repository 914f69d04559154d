"""A small model of 免考 and 延考 beside a case, written from domain 3.2 (T14 to T17, T28)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

from app.enums import AssessmentStatus as S
from app.enums import DeferralStatus as D
from app.enums import ExemptionStatus as E
from tests.workflows.reference import (
    FORBIDDEN,
    FOREIGN,
    INSIDE,
    NOTHING,
    OVER,
    OWN,
    PASS,
    REFUSED,
    UNSEEN,
    Move,
)

WHEN = (INSIDE, OVER)


@dataclass(frozen=True)
class Requests:
    """Where a case and its two requests stand; ``is_complete``: both have all that is asked for."""

    case: S = S.AWAITING_EXAM
    exemption: E = E.NONE
    deferral: D = D.NONE
    is_complete: bool = True


_ACTOR: Mapping[tuple[str, str], str] = {
    **{(axis, action): "physician" for axis in ("exemption", "deferral")
       for action in ("submit", "withdraw")},
    **{(axis, action): "hospital" for axis in ("exemption", "deferral")
       for action in ("institution_pass", "institution_reject")},
    ("exemption", "agency_pass"): "agency",
    ("exemption", "agency_reject"): "agency",
    ("deferral", "agency_approve"): "agency",
    ("deferral", "agency_reject"): "agency",
    ("assessment", "authority_return"): "authority",
    ("assessment", "resume"): "system",
}  # fmt: skip
_SAYS = ("institution_reject", "agency_reject", "agency_approve", "authority_return")


def moves() -> Iterator[Move]:
    """Give every move that can be tried: legal or not, by everybody, at every time."""
    for (axis, action), who, when in product(_ACTOR, (*OWN, *FOREIGN), WHEN):
        for said in (PASS, NOTHING) if action in _SAYS else (NOTHING,):
            yield Move(axis, action, who, when, said)


def after(state: Requests, move: Move, *, has_common: bool) -> Requests | str:
    """Give the state that follows, or why none does.

    ``has_common``: the procedure asks for 公共知识 beside the paper that 免考 spares.
    """
    if move.who in FOREIGN:
        return UNSEEN
    if move.who != _ACTOR[move.axis, move.action]:
        return FORBIDDEN
    if move.axis == "assessment":
        return _case(state, move)
    if move.axis == "exemption":
        return _exemption(state, move, has_common=has_common)
    return _deferral(state, move)


def entries(state: Requests, following: Requests) -> int:
    """Count the log entries of a step: one of its own, and one where the case moved along."""
    moved = (state.exemption, state.deferral) != (following.exemption, following.deferral)
    return int(moved) + int(state.case is not following.case)


def _case(state: Requests, move: Move) -> Requests | str:
    if move.action == "resume":  # T17: the deferred session begins
        return replace(state, case=S.AWAITING_EXAM) if state.case is S.DEFERRED else REFUSED
    if state.case is not S.AWAITING_EXAM or not move.said:
        return REFUSED
    return replace(state, case=S.AWAITING_FORM)  # T3


def _may_ask(state: Requests, move: Move) -> bool:
    return state.case is S.AWAITING_EXAM and move.when == INSIDE and state.is_complete


def _exemption(state: Requests, move: Move, *, has_common: bool) -> Requests | str:
    now, waits = state.exemption, state.case is S.AWAITING_EXAM
    target = {
        "submit": E.AWAITING_INSTITUTION,
        "withdraw": E.NONE,
        "institution_pass": E.AWAITING_AGENCY,
        "institution_reject": E.REJECTED,
        "agency_pass": E.PASSED,
        "agency_reject": E.REJECTED,
    }[move.action]
    is_open = {
        "submit": now in (E.NONE, E.REJECTED) and _may_ask(state, move),  # T14
        "withdraw": now is E.AWAITING_INSTITUTION,
        "institution_pass": now is E.AWAITING_INSTITUTION and waits,  # T15
        "institution_reject": now is E.AWAITING_INSTITUTION and bool(move.said),  # T15
        "agency_pass": now is E.AWAITING_AGENCY and waits,  # T16
        "agency_reject": now is E.AWAITING_AGENCY and bool(move.said),
    }[move.action]
    if not is_open:
        return REFUSED
    case = state.case
    if target is E.PASSED and not has_common:
        case = S.AWAITING_VERDICT  # T16, T28: no paper is left
    return replace(state, exemption=target, case=case)


def _deferral(state: Requests, move: Move) -> Requests | str:
    now, waits = state.deferral, state.case is S.AWAITING_EXAM
    target = {
        "submit": D.AWAITING_INSTITUTION,
        "withdraw": D.NONE,
        "institution_pass": D.AWAITING_AGENCY,
        "institution_reject": D.REJECTED,
        "agency_approve": D.APPROVED,
        "agency_reject": D.REJECTED,
    }[move.action]
    is_open = {
        "submit": now in (D.NONE, D.REJECTED) and _may_ask(state, move),
        "withdraw": now is D.AWAITING_INSTITUTION,
        "institution_pass": now is D.AWAITING_INSTITUTION and waits,
        "institution_reject": now is D.AWAITING_INSTITUTION and bool(move.said),
        "agency_approve": now is D.AWAITING_AGENCY and waits and bool(move.said),
        "agency_reject": now is D.AWAITING_AGENCY and bool(move.said),
    }[move.action]
    if not is_open:
        return REFUSED
    case = S.DEFERRED if target is D.APPROVED else state.case
    return replace(state, deferral=target, case=case)
