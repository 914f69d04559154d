"""How a case ends, is taken up again, and stands still: the last rows of the table in ``assessment``."""

from functools import partial

from flask_babel import lazy_gettext as _l

from app.enums import AssessmentStatus as S
from app.enums import Role, Verdict
from app.operations import registrations
from app.workflows import assessment_rules as rules
from app.workflows import concluding
from app.workflows.engine import Transition

_AGENCY = frozenset({Role.AGENCY})
_AUTHORITY = frozenset({Role.AUTHORITY})
_CLOCK = frozenset({Role.SYSTEM})

TRANSITIONS = (
    *(
        Transition(  # T29, art. 22: the facts decide, a person of the agency confirms
            name=name,
            action="conclude",
            label=_l("认定结果"),
            sources=frozenset({S.AWAITING_VERDICT}),
            target=S.COMPLETED,
            roles=_AGENCY,
            when=partial(rules.comes_to, result),
            gate=rules.may_conclude,
            effect=concluding.conclude,
            tone="primary",
        )
        for name, result in (("conclude_pass", Verdict.PASS), ("conclude_fail", Verdict.FAIL))
    ),
    Transition(  # T38: the cycle closes and nothing was handed in
        name="lapse",
        label=_l("周期结束未参加"),
        sources=registrations.WITH_PHYSICIAN,
        target=S.COMPLETED,
        roles=_CLOCK,
        effect=concluding.lapse,
        judges=(),
    ),
    Transition(  # T30: 改判
        name="revise",
        label=_l("复核改判"),
        sources=frozenset({S.COMPLETED}),
        target=S.COMPLETED,
        roles=_CLOCK,
        guard=rules.is_decided,
        effect=concluding.conclude,
    ),
    Transition(  # T30: what had been spared is to be sat now
        name="reopen",
        label=_l("重新考核"),
        sources=frozenset({S.COMPLETED}),
        target=S.AWAITING_EXAM,
        roles=_CLOCK,
        guard=rules.is_undecided,
        effect=concluding.reopen,
    ),
    Transition(  # T37
        name="cancel_pass",
        label=_l("撤销合格结果"),
        sources=frozenset({S.COMPLETED}),
        target=S.COMPLETED,
        roles=_AUTHORITY,
        guard=rules.may_cancel,
        effect=concluding.cancel_pass,
        needs_comment=True,
        tone="danger",
    ),
    Transition(  # the authority stops the participation: 离世, 注销注册
        name="halt",
        label=_l("停止考核"),
        sources=frozenset(S) - {S.COMPLETED, S.HALTED},
        target=S.HALTED,
        roles=_CLOCK,
        record=rules.remember_where,
    ),
    *(
        Transition(  # the authority takes that back: the case goes on where it stood
            name=f"go_on_{where.name.lower()}",
            action="go_on",
            label=_l("恢复考核"),
            sources=frozenset({S.HALTED}),
            target=where,
            roles=_CLOCK,
            when=partial(rules.stood, where),
            effect=rules.forget_where,
        )
        for where in S
        if where not in (S.COMPLETED, S.HALTED)
    ),
)
