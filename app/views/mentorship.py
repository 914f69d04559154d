"""跟班带教 of the institution, and 跟班带教修改申请 (manual 1.8; domain 1.7)."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.extensions import db
from app.models import Department, Mentorship, MentorshipChange, Physician
from app.operations import mentorships
from app.queries.listing import Column, Listing
from app.views import casefacts, cells
from app.views.base import EntityView, Interface, acting
from app.views.clock import now
from app.views.decided_requests import DecidedRequestView, asked, why
from app.views.filters import Filter, begins
from app.views.mentorship_forms import MentorshipForm, NewMentorshipForm
from app.workflows.mentorship_change import MENTORSHIP_CHANGE

_GROUP = _l("考核管理")
_PERSON = (
    Column(name="department", label=_l("科室"), expression=Department.name),
    Column(name="name", label=_l("姓名"), expression=Physician.name),
    Column(name="id_number", label=_l("证件号码"), expression=Physician.id_masked),
)


def _with_person(model: Any) -> Any:
    def join(statement: Any) -> Any:
        return statement.outerjoin(Physician, Physician.id == model.physician_id).outerjoin(
            Department, Department.id == Physician.department_id
        )

    return join


def _by_name(model: Any) -> Filter:
    people = begins(Physician.name)
    return Filter(
        name="name",
        label=_l("姓名"),
        kind="text",
        build=lambda text: model.physician_id.in_(select(Physician.id).where(people(text))),
    )


class MentorshipView(EntityView):
    """The institution's records."""

    datamodel = Interface(Mentorship)
    route_base = "/mentorships"
    name = _l("跟班带教")
    group = _GROUP
    new_label = _l("新增跟班带教")
    abilities = frozenset({"list", "add", "edit", "export"})
    add_form = NewMentorshipForm
    edit_form = MentorshipForm
    form_fieldsets = None

    def listing(self) -> Listing:
        """List the records, the latest first."""
        m = Mentorship
        return Listing(
            anchor=m,
            columns=(
                *_PERSON,
                Column(name="supervisor", label=_l("带教老师"), expression=m.supervisor),
                Column(name="host", label=_l("带教科室"), expression=m.host_department),
                Column(name="started", label=_l("开始日期"), expression=m.started_on),
                Column(name="ended", label=_l("结束日期"), expression=m.ended_on),
                Column(name="evaluation", label=_l("带教评价"), expression=m.evaluation),
            ),
            details=_with_person(m),
            order=(m.started_on.desc(), m.id.desc()),
        )

    def filters(self) -> Sequence[Filter]:
        """Filter by the physician's name."""
        return (_by_name(Mentorship),)

    def create(self, form: Any) -> Mentorship:
        """Store a record of one of the own physicians."""
        session = db.session()
        physician = mentorships.physician_of(session, form.id_number.data)
        return mentorships.create(session, physician, form.period(), **self._said(form))

    def update(self, item: Any, form: Any) -> None:
        """Store the changes."""
        mentorships.update(db.session(), item, form.period(), **self._said(form))

    @staticmethod
    def _said(form: Any) -> dict[str, Any]:
        return {
            "log": form.log.data or None,
            "evaluation": form.evaluation.data or None,
            "actor": acting(),
            "at": now(),
        }


class MentorshipChangeView(DecidedRequestView):
    """What waits for the institution."""

    datamodel = Interface(MentorshipChange)
    route_base = "/mentorship-changes"
    name = _l("跟班带教修改申请")
    model = MentorshipChange
    workflow = MENTORSHIP_CHANGE

    def columns_of_request(self) -> Sequence[Column]:
        """Say since when it waits."""
        return (asked(MentorshipChange),)

    def who(self, found: Any) -> str:
        """Name the physician of the record."""
        return str(found.mentorship.physician.name)

    def sections(self, found: Any) -> Sequence[casefacts.Section]:
        """Give old and new side by side."""
        return [
            casefacts.Section(heading=_("修改内容"), tables=[_difference(found)]),
            why(found, _("修改理由"), found.reason),
        ]


def _difference(found: MentorshipChange) -> casefacts.Table:
    return casefacts.Table(
        headers=[_("项目"), _("现有记录"), _("申请改为")],
        rows=[
            [
                _(word),
                cells.shown(getattr(found.mentorship, name)),
                cells.shown(getattr(found, name)),
            ]
            for name, word in mentorships.FIELDS.items()
        ],
    )
