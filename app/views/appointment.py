"""考核机构指派: which agency assesses which institutions' physicians in a cycle."""

from collections.abc import Iterable
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import SelectField, SelectMultipleField
from wtforms.validators import DataRequired

from app.enums import AgencyStatus, AppointmentStatus, BodyStatus, CycleStatus
from app.extensions import db
from app.models import Agency, Appointment, Cycle, Institution
from app.operations.appointments import AppointmentRefused, appoint
from app.queries.listing import Column, Listing
from app.views import areas, bodies, listpages
from app.views.actions import Action
from app.views.base import EntityView, Interface, acting, expose, page, protected
from app.views.clock import now
from app.views.filters import Filter, contains, one_of, vocabulary_choices
from app.views.institution import InstitutionView
from app.views.rownumbers import row_number
from app.workflows.appointment import APPOINTMENT

MOST = 200


class AppointmentForm(FlaskForm):
    """新增指派."""

    institutions = SelectMultipleField(
        _l("医疗卫生机构"), coerce=int, validators=[DataRequired(_l("请至少选择一个机构。"))]
    )
    agency_id = SelectField(_l("考核机构"), coerce=row_number, validators=[DataRequired()])
    cycle_id = SelectField(_l("周期"), coerce=int, validators=[DataRequired()])


class AppointmentView(EntityView):
    """Pages of the appointments in the actor's area; 取消指派 is a step."""

    datamodel = Interface(Appointment)
    route_base = "/appointments"
    name = _l("考核机构指派")
    group = _l("机构管理")
    new_label = _l("新增指派")
    abilities = frozenset({"list", "add", "export"})
    add_form = AppointmentForm

    def listing(self) -> Listing:
        """Give the appointments in scope, the latest first."""

        def joined(statement: Any) -> Any:
            return (
                statement.join(Institution, Institution.id == Appointment.institution_id)
                .outerjoin(Agency, Agency.id == Appointment.agency_id)
                .join(Cycle, Cycle.id == Appointment.cycle_id)
            )

        return Listing(
            anchor=Appointment,
            columns=(
                Column(name="institution", label=_l("医疗卫生机构"), expression=Institution.name),
                Column(name="agency", label=_l("考核机构"), expression=Agency.name),
                Column(name="cycle", label=_l("周期"), expression=Cycle.label),
                Column(name="since", label=_l("指派时间"), expression=Appointment.appointed_at),
                Column(name="status", label=_l("状态"), expression=Appointment.status),
            ),
            source=joined,
            order=(Appointment.id.desc(),),
        )

    def filters(self) -> Any:
        """Filter by institution, region, agency, cycle and status."""
        return (
            Filter(
                name="institution", label=_l("医疗卫生机构"), kind="text",
                build=contains(Institution.name),
            ),
            areas.area_filter(Appointment),
            Filter(name="agency", label=_l("考核机构"), kind="text", build=contains(Agency.name)),
            Filter(
                name="cycle", label=_l("周期"), kind="text",
                build=lambda value: Cycle.label == value,
            ),
            Filter(
                name="status", label=_l("状态"), kind="choice",
                build=one_of(Appointment.status, AppointmentStatus),
                choices=vocabulary_choices(AppointmentStatus),
            ),
        )  # fmt: skip

    def row_actions(self, row: Any) -> list[Action]:
        """Give the step."""
        return bodies.row_steps(APPOINTMENT, row.pk, row.status)

    @expose("/add", methods=["GET", "POST"])
    @protected("add")
    def add(self) -> Any:
        """Draw the form with the institutions a search finds, or appoint the chosen ones."""
        search = request.args.get("q", "").strip()[:64]
        sent = [row_number(text) for text in request.form.getlist("institutions")]
        form = _filled(AppointmentForm(), search=search, ids=[n for n in sent if n is not None])
        if request.method == "POST" and form.validate():
            count = len(form.institutions.data)
            if self._stored(form, lambda: _appoint(form)) is not None:
                flash(_("已为%(n)s个机构指派考核机构。", n=count), "success")
                return redirect(url_for("AppointmentView.list"))
        return self._chooser(form, search=search)

    @expose("/chosen", methods=["POST"])
    @protected("add")
    def chosen(self) -> Any:
        """Go on with institutions that were ticked in their list, or all that its filter found."""
        view = next(v for v in self.appbuilder.baseviews if isinstance(v, InstitutionView))
        criterion = listpages.selected(view, Institution)
        ids = list(db.session.scalars(select(Institution.id).where(criterion).limit(MOST + 1)))
        if len(ids) > MOST:
            flash(_("一次最多指派%(n)s个机构，请缩小查询范围后分批指派。", n=MOST), "warning")
        form = _filled(AppointmentForm(formdata=None), search="", ids=ids[:MOST])
        form.institutions.data = ids[:MOST]
        return self._chooser(form, search="")

    def _chooser(self, form: Any, *, search: str) -> str:
        drawn = {
            "form": form,
            "search": search,
            "most": MOST,
            "is_capped": len(form.institutions.choices) >= MOST,
            "action": url_for("AppointmentView.add"),
            "cancel_url": url_for("AppointmentView.list"),
        }
        return page("appointment/add.html", title=self.new_label, crumbs=self.crumbs(), page=drawn)


def _filled(form: Any, *, search: str, ids: Iterable[int]) -> Any:
    """Offer the chosen institutions and those the search finds, agencies, and cycles not over."""
    session, chosen = db.session(), list(ids)[:MOST]
    active = Institution.status == BodyStatus.ACTIVE
    found = select(Institution).where(active, Institution.name.contains(search, autoescape=True))
    rows = {row.id: row for row in session.scalars(found.order_by(Institution.id).limit(MOST))}
    if chosen:
        extra = select(Institution).where(active, Institution.id.in_(chosen))
        rows |= {row.id: row for row in session.scalars(extra)}
    form.institutions.choices = [(row.id, row.name) for row in rows.values()]
    agencies = session.scalars(
        select(Agency).where(Agency.status == AgencyStatus.ACTIVE).order_by(Agency.name).limit(1000)
    )
    form.agency_id.choices = [("", _l("请选择")), *((row.id, row.name) for row in agencies)]
    cycles = session.scalars(
        select(Cycle)
        .where(Cycle.status.in_((CycleStatus.OPEN, CycleStatus.DRAFT)))
        .order_by(Cycle.status.desc(), Cycle.starts_on.desc())
    )
    form.cycle_id.choices = [
        (row.id, f"{row.label}（{row.starts_on} 至 {row.last_day}）") for row in cycles
    ]
    return form


def _appoint(form: Any) -> int:
    session = db.session()
    agency = session.get(Agency, form.agency_id.data)
    cycle = session.get(Cycle, form.cycle_id.data)
    wanted = form.institutions.data
    rows = session.scalars(select(Institution).where(Institution.id.in_(wanted))).all()
    if agency is None or cycle is None or len(rows) != len(set(wanted)):
        raise AppointmentRefused(_l("所选机构不存在，请刷新页面后重试。"))
    for row in rows:
        appoint(session, institution=row, agency=agency, cycle=cycle, actor=acting(), at=now())
    return len(rows)
