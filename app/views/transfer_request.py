"""调入申请: asked by the new institution, decided by the old one or the authority above it (T35)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import ColumnElement
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.enums import RequestStatus
from app.extensions import db
from app.models import Department, Institution, TransferRequest
from app.operations import transfer_requests
from app.operations.transfer_requests import TransferRefused
from app.queries import departments
from app.queries.listing import Column, Tab
from app.views import casefacts
from app.views.actions import Action
from app.views.base import Interface, acting
from app.views.clock import now
from app.views.decided_requests import DecidedRequestView, asked, why
from app.views.filters import Filter, begins
from app.views.typed import stripped
from app.workflows.transfer_request import TRANSFER_REQUEST


class TransferRequestForm(FlaskForm):
    """Whom the institution asks for, and the department that takes the person in."""

    name = StringField(
        _l("姓名"),
        [InputRequired(_l("请填写。")), Length(max=64)],
        filters=[stripped],
        render_kw={"maxlength": 64, "autocomplete": "off"},
    )
    id_number = StringField(
        _l("证件号码"),
        [InputRequired(_l("请填写医师的证件号码。")), Length(max=30)],
        render_kw={"maxlength": 30, "autocomplete": "off"},
    )
    department = SelectField(_l("调入科室"), [InputRequired(_l("请选择。"))], default="")
    reason = TextAreaField(
        _l("调入理由"),
        [InputRequired(_l("请填写调入理由。")), Length(max=500)],
        render_kw={"rows": 3, "maxlength": 500},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = departments.choices(db.session(), only_active=True)
        blank = SelectChoice("", _l("请选择"))
        self.department.choices = [blank, *(SelectChoice(*unit) for unit in units)]


class TransferRequestView(DecidedRequestView):
    """Requests of both directions; whose turn it is decides the workflow."""

    datamodel = Interface(TransferRequest)
    route_base = "/transfer-requests"
    name = _l("调入调出")
    group = _l("医师管理")
    new_label = _l("申请调入")
    abilities = frozenset({"list", "add", "export"})
    add_form = TransferRequestForm
    form_fieldsets = None
    model = TransferRequest
    workflow = TRANSFER_REQUEST

    def columns_of_person(self) -> Sequence[Column]:
        """Give what both sides may know of the person; neither sees the other's departments."""
        t = TransferRequest
        return (
            Column(name="name", label=_l("姓名"), expression=t.name),
            Column(name="id_number", label=_l("证件号码"), expression=t.id_masked),
        )

    def columns_of_request(self) -> Sequence[Column]:
        """Say from where to where, and since when it waits."""
        t = TransferRequest
        return (
            Column(name="from", label=_l("调出机构"), expression=t.from_name),
            Column(name="to", label=_l("调入机构"), expression=t.to_name),
            asked(t),
        )

    def joined(self, statement: Any) -> Any:
        """Read the request's own row alone."""
        return statement

    def tabs(self) -> Sequence[Tab]:
        """Give what waits for the own decision, what waits for the other side's, what is decided."""
        t = TransferRequest
        waits, mine = t.status == RequestStatus.AWAITING, self._to_decide()
        return (
            Tab(name="waiting", label=_l("待处理"), criterion=waits & mine),
            Tab(name="sent", label=_l("待对方处理"), criterion=waits & ~mine),
            Tab(name="decided", label=_l("已处理"), criterion=~waits),
        )

    def _to_decide(self) -> ColumnElement[bool]:
        t, actor = TransferRequest, acting()
        if actor.institution_id is not None:
            found: ColumnElement[bool] = t.from_institution_id == actor.institution_id
            return found
        return t.from_path.startswith(actor.authority_path, autoescape=True)

    def filters(self) -> Sequence[Filter]:
        """Filter by the name on the request."""
        return (
            Filter(name="name", label=_l("姓名"), kind="text", build=begins(TransferRequest.name)),
        )

    def toolbar(self) -> list[Action]:
        """Say why nothing can be asked for where the registry moves people."""
        closed = transfer_requests.closed(db.session(), province_id=acting().province_id)
        if closed is None:
            return super().toolbar()
        return [_closed(one, closed) for one in super().toolbar()]

    def who(self, found: Any) -> str:
        """Name the physician."""
        return str(found.name)

    def create(self, form: Any) -> TransferRequest:
        """Ask for somebody."""
        session = db.session()
        unit = session.get(Department, int(form.department.data))
        if unit is None:
            raise TransferRefused(_l("请选择。"), field="department")
        return transfer_requests.ask(
            session,
            session.get_one(Institution, acting().institution_id),
            name=form.name.data,
            id_number=form.id_number.data,
            department=unit,
            reason=form.reason.data.strip(),
            actor=acting(),
            at=now(),
        )

    def sections(self, found: Any) -> Sequence[casefacts.Section]:
        """Give from where to where, and what goes along."""
        unit = found.department.name if found.department is not None else None
        facts: casefacts.Facts = [
            (_("证件号码"), found.id_masked),
            (_("调出机构"), found.from_name),
            (_("调入机构"), found.to_name),
            (_("调入科室"), unit),
        ]
        return [
            casefacts.Section(
                heading=_("调动内容"),
                facts=[fact for fact in facts if fact[1]],
                text=_(
                    "同意后，医师本周期的报名信息、评定意见和操作日志随其转到调入机构，"
                    "由调入机构的考核机构继续考核。"
                ),
            ),
            why(found, _("调入理由"), found.reason),
        ]


def _closed(action: Action, reason: Any) -> Action:
    return replace(action, closed_reason=reason) if action.name == "add" else action
