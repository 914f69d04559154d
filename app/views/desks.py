"""What each kind of reader decides on a case's page."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

_RULE = _l("工作业绩、职业道德评定结果任意一项被评定为不合格，医师本次考核结果为不合格。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a kind of reader decides on the page.

    ``gives_opinions``: the decision has 评定意见 and lies on the second step, else on every step.
    ``adds_notes``: the reader may add records and other institutions' opinions while deciding.
    """

    title: Any
    help: Any = None
    gives_opinions: bool = False
    adds_notes: bool = False
    declares_recusal: bool = False
    returns_to_list: bool = True


REVIEW_DESK = Desk(
    title=_l("医疗卫生机构评定意见"), help=_RULE, gives_opinions=True, adds_notes=True
)
RECHECK_DESK = Desk(
    title=_l("考核机构评定意见"), help=_RULE, gives_opinions=True, declares_recusal=True
)
OVERSIGHT_DESK = Desk(
    title=_l("驳回报名信息"),
    help=_l(
        "医师提交报名信息后，只能由隶属卫生行政部门驳回。驳回后由医师重新填报，已有的评定意见作废。"
    ),
    returns_to_list=False,
)
