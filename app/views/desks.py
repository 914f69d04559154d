"""What each kind of reader decides on a case's page."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

_RULE = _l("工作业绩、职业道德评定结果任意一项被评定为不合格，医师本次考核结果为不合格。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a kind of reader decides on the page.

    ``gives_opinions``: the decision has 评定意见 and lies on the second step, else on every step.
    ``actions``: the only buttons that are drawn; None draws those of the role.
    ``adds_notes``: the reader may add records and other institutions' opinions while deciding.
    """

    title: Any
    help: Any = None
    actions: frozenset[str] | None = None
    gives_opinions: bool = False
    adds_notes: bool = False
    declares_recusal: bool = False
    returns_to_list: bool = True


REVIEW_DESK = Desk(
    title=_l("医疗卫生机构评定意见"), help=_RULE, gives_opinions=True, adds_notes=True
)
RECHECK_DESK = Desk(
    title=_l("考核机构评定意见"),
    help=_RULE,
    gives_opinions=True,
    declares_recusal=True,
    actions=frozenset({"agency_pass", "agency_reject", "agency_return", "agency_not_simplified"}),
)
VERDICT_DESK = Desk(
    title=_l("认定考核结果"),
    help=_l(
        "系统按登记的事实得出结果并列明依据，由考核机构确认。认定后报卫生行政部门备案，并通知医师和其机构。"
    ),
    actions=frozenset({"conclude"}),
)
OVERSIGHT_DESK = Desk(
    title=_l("驳回报名信息"),
    help=_l(
        "医师提交报名信息后，只能由隶属卫生行政部门驳回。驳回后由医师重新填报，已有的评定意见作废。"
    ),
    actions=frozenset({"authority_return"}),
    returns_to_list=False,
)
