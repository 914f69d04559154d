"""后续处置: what follows 不合格, step by step and by the role that the law names (art. 26)."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, StringField
from wtforms.validators import Optional

from app.enums import RemedyGround, RemedyStatus, Role
from app.extensions import db
from app.models import Remedy
from app.operations import remedies
from app.queries.listing import Column, Tab
from app.views import areas, casefacts, cells, conclusion_list, resultfacts
from app.views.base import Interface, acting
from app.views.clock import today
from app.views.converter import DynamicForm
from app.views.decided_requests import DecidedRequestView
from app.views.filters import Filter, one_of, vocabulary_choices
from app.workflows.remedy import REMEDY

_GOING_ON = (
    RemedyStatus.PENDING, RemedyStatus.SUSPENDED, RemedyStatus.TRAINING, RemedyStatus.AWAITING,
)  # fmt: skip


class SuspensionForm(DynamicForm):
    """责令暂停执业, read by stepfacts."""

    suspended_from = DateField(_l("暂停执业起始日期"), [Optional()])
    months = IntegerField(
        _l("暂停月数"), [Optional()], description=_l("医师法第四十二条：暂停执业三个月至六个月。")
    )
    document = StringField(_l("文书编号"), render_kw={"maxlength": 255})


class RemedyView(DecidedRequestView):
    """The disposals in the actor's scope."""

    datamodel = Interface(Remedy)
    route_base = "/remedies"
    name = _l("后续处置")
    group = _l("结果管理")
    model = Remedy
    workflow = REMEDY
    waiting = RemedyStatus.PENDING
    status_label = _l("处置状态")
    row_label = _l("办理")

    def columns_of_person(self) -> Sequence[Column]:
        """Say whom and of which cycle."""
        c = conclusion_list
        house = () if acting().role in (Role.INSTITUTION, Role.PHYSICIAN) else (c.INSTITUTION,)
        return (c.CYCLE, *house, *c.PERSON)

    def joined(self, statement: Any) -> Any:
        """Join what the columns name."""
        return conclusion_list.of_conclusions(Remedy)(statement)

    def columns_of_request(self) -> Sequence[Column]:
        """Say why, and from when to when."""
        r = Remedy
        return (
            Column(name="ground", label=_l("处置原因"), expression=r.ground),
            Column(name="from", label=_l("暂停执业起始日期"), expression=r.suspended_from),
            Column(name="until", label=_l("暂停执业结束日期"), expression=r.suspended_until),
        )

    def tabs(self) -> Sequence[Tab]:
        """Give what goes on, the list for 注销, and what has ended."""
        s = Remedy.status
        reported = s == RemedyStatus.REPORTED
        return (
            Tab(name="going_on", label=_l("处置中"), criterion=s.in_(_GOING_ON)),
            Tab(name="reported", label=_l("报送注销注册"), criterion=reported),
            Tab(name="ended", label=_l("已结束"), criterion=s.not_in(_GOING_ON) & ~reported),
        )

    def filters(self) -> Sequence[Any]:
        """Filter by person, state and ground."""
        r = Remedy
        found = [
            *conclusion_list.people(r),
            Filter(
                name="status", label=_l("处置状态"), kind="choice",
                choices=vocabulary_choices(RemedyStatus), build=one_of(r.status, RemedyStatus),
            ),
            Filter(
                name="remedy_ground", label=_l("处置原因"), kind="choice",
                choices=vocabulary_choices(RemedyGround), build=one_of(r.ground, RemedyGround),
            ),
        ]  # fmt: skip
        if acting().role is Role.AUTHORITY:
            found.append(areas.area_filter(r))
        return found

    def who(self, found: Any) -> str:
        """Name the physician."""
        return str(found.conclusion.physician.name)

    def sections(self, found: Any) -> Sequence[casefacts.Section]:
        """Give the order, the training and the result that it follows from."""
        trained = [
            [
                row.supervisor,
                row.host_department,
                cells.shown(row.started_on),
                cells.shown(row.ended_on),
                row.log,
                cells.shown(row.evaluation),
            ]
            for row in (remedies.trainings(db.session(), found) if found.suspended_from else ())
        ]
        headers = [
            _("带教老师"), _("带教科室"), _("开始日期"), _("结束日期"), _("带教记录"), _("带教评价"),
        ]  # fmt: skip
        training = casefacts.Table(headers=headers, rows=trained)
        return [
            *resultfacts.disposed(found),
            casefacts.Section(heading=_("跟班带教"), tables=[training]),
            *resultfacts.concluded(found.conclusion),
        ]

    def decision_form(self, found: Any, typed: dict[str, str]) -> Any:
        """Ask the authority for the order."""
        if acting().role is not Role.AUTHORITY or found.status is not RemedyStatus.PENDING:
            return None
        form = SuspensionForm(formdata=None)
        form.suspended_from.data = today()
        form.months.data = 3
        form.document.data = typed.get("document", "")
        return form
