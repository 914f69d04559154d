"""多执业机构意见: what other institutions ask this one to say of a physician who practises here too."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement
from werkzeug.exceptions import NotFound
from wtforms import TextAreaField
from wtforms.validators import Optional

from app.enums import OutsideOpinionStatus
from app.models import OutsideOpinion
from app.queries.listing import Column
from app.views import casefacts, cells
from app.views.base import Interface, acting
from app.views.converter import DynamicForm
from app.views.decided_requests import DecidedRequestView
from app.views.filters import Filter, begins
from app.workflows.outside_opinion import LONGEST, OUTSIDE_OPINION


class SigningForm(DynamicForm):
    """机构意见, read by stepfacts when it is signed."""

    content = TextAreaField(
        _l("机构意见"), validators=[Optional()], render_kw={"rows": 5, "maxlength": LONGEST}
    )


class OutsideOpinionView(DecidedRequestView):
    """The tasks of this institution; of the case nothing is shown but what stands on the task."""

    datamodel = Interface(OutsideOpinion)
    route_base = "/outside-opinions"
    name = _l("多执业机构意见")
    model = OutsideOpinion
    workflow = OUTSIDE_OPINION
    waiting = OutsideOpinionStatus.AWAITING
    hidden_steps = frozenset({"type_in"})

    def criteria(self) -> tuple[ColumnElement[bool], ...]:
        """Leave out what this institution typed into its own cases."""
        return (OutsideOpinion.place_institution_id == acting().institution_id,)

    def columns_of_person(self) -> Sequence[Column]:
        """Give what the task says of the person."""
        o = OutsideOpinion
        return (
            Column(name="name", label=_l("姓名"), expression=o.name),
            Column(name="id_number", label=_l("证件号码"), expression=o.id_masked),
        )

    def columns_of_request(self) -> Sequence[Column]:
        """Give the days of practice here, and when it was said."""
        o = OutsideOpinion
        return (
            Column(name="started", label=_l("在本机构执业开始"), expression=o.started_on),
            Column(name="ended", label=_l("在本机构执业结束"), expression=o.ended_on),
            Column(name="asked", label=_l("申请时间"), expression=o.status_since),
        )

    def joined(self, statement: Any) -> Any:
        """Read the task's own row alone."""
        return statement

    def filters(self) -> Sequence[Filter]:
        """Filter by the name on the task."""
        return (
            Filter(name="name", label=_l("姓名"), kind="text", build=begins(OutsideOpinion.name)),
        )

    def found(self, pk: int) -> Any:
        """Find a task, of this institution or asked by it; what was typed in is none."""
        found = super().found(pk)
        if found.place_institution_id is None:
            raise NotFound
        return found

    def who(self, found: Any) -> str:
        """Name the physician."""
        return str(found.name)

    def decision_form(self, found: Any, typed: dict[str, str]) -> Any:
        """Ask for the opinion."""
        return SigningForm(formdata=None, data=typed or {"content": found.content})

    def sections(self, found: Any) -> Sequence[casefacts.Section]:
        """Give what is known here of the physician, and what was said."""
        facts: casefacts.Facts = [
            (_("证件号码"), found.id_masked),
            (_("在本机构执业开始"), cells.shown(found.started_on)),
            (_("在本机构执业结束"), cells.shown(found.ended_on)),
            (_("出具人"), found.given_by),
            (_("出具时间"), cells.shown(found.given_at)),
        ]
        return [casefacts.Section(heading=_("机构意见"), facts=facts, text=found.content)]
