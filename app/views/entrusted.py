"""受委托机构: the institutions that an assessment agency is appointed to."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.enums import AppointmentStatus
from app.models import Appointment, Authority, Cycle, Institution
from app.queries.listing import Column, Listing
from app.views.actions import Action
from app.views.base import EntityView, Interface
from app.views.filters import Filter, contains, starts_with


def _details(statement: Any) -> Any:
    return (
        statement.join(Institution, Institution.id == Appointment.institution_id)
        .join(Authority, Authority.id == Institution.authority_id)
        .join(Cycle, Cycle.id == Appointment.cycle_id)
    )


class EntrustedView(EntityView):
    """The appointments in force; a withdrawn one shows nothing of the institution any more."""

    datamodel = Interface(Appointment)
    route_base = "/entrusted"
    name = _l("受委托机构")
    abilities = frozenset({"list", "export"})

    def listing(self) -> Listing:
        """List appointments, the latest cycle first."""
        return Listing(
            anchor=Appointment,
            columns=(
                Column(name="institution", label=_l("医疗卫生机构"), expression=Institution.name),
                Column(name="authority", label=_l("隶属行政机构"), expression=Authority.name),
                Column(name="cycle", label=_l("周期"), expression=Cycle.label),
                Column(
                    name="appointed",
                    label=_l("指派时间"),
                    expression=Appointment.appointed_at,
                    sort=True,
                ),
                Column(name="status", label=_l("状态"), expression=Appointment.status),
                Column(name="person", label=_l("联系人"), expression=Institution.contact_person),
                Column(name="phone", label=_l("联系电话"), expression=Institution.contact_phone),
            ),
            details=_details,
            order=(Appointment.cycle_id.desc(), Appointment.id),
            criteria=(Appointment.status == AppointmentStatus.ACTIVE,),
        )

    def filters(self) -> list[Any]:
        """Find an institution or a cycle."""
        return [
            Filter(
                name="institution",
                label=_l("医疗卫生机构"),
                kind="text",
                build=lambda text: Appointment.institution_id.in_(
                    select(Institution.id).where(contains(Institution.name)(text))
                ),
            ),
            Filter(
                name="cycle",
                label=_l("周期"),
                kind="text",
                build=lambda text: Appointment.cycle_id.in_(
                    select(Cycle.id).where(starts_with(Cycle.label)(text))
                ),
            ),
        ]

    def row_actions(self, row: Any) -> list[Action]:
        """Offer nothing: the agency does not decide who entrusts it."""
        return []
