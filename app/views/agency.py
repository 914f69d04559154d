"""考核机构管理: assessment agencies in an authority's area, each opened with its first account."""

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.exceptions import NotFound
from wtforms.validators import DataRequired, InputRequired, ValidationError

from app.enums import AgencyKind, AgencyStatus, Role
from app.extensions import db
from app.models import Agency, Authority, Institution
from app.operations import agency_list
from app.operations.agency_list import ListRefused
from app.operations.bodies import create_agency
from app.queries import accounts as account_rows
from app.queries.listing import Column, Listing
from app.security.scoping import may_write, writable
from app.views import agency_bar, areas, bodies, paths
from app.views.actions import Action, link, post
from app.views.authority import account_url
from app.views.base import Interface, acting, expose, protected
from app.views.clock import now
from app.views.converter import VocabularyField
from app.views.filters import Filter, contains, one_of, vocabulary_choices
from app.workflows.agency import AGENCY

_PERSON = ("contact_person", "contact_phone")


class AgencyForm(FlaskForm):
    """编辑考核机构."""

    groups: bodies.Groups = ((_l("考核机构信息"), ("name", "kind")), (_l("联系人"), _PERSON))

    name = bodies.text(_l("考核机构名称"), required=True)
    kind = VocabularyField(
        _l("机构类别"), AgencyKind, validators=[InputRequired()], default=AgencyKind.MEDICAL
    )
    contact_person = bodies.text(_l("联系人"), required=True, longest=64)
    contact_phone = bodies.text(_l("联系电话"), longest=64)


class NewAgencyForm(AgencyForm):
    """新增考核机构, with the account of its 联系人."""

    groups = (
        (_l("考核机构信息"), ("authority_id", "name", "kind", "host")),
        (_l("联系人和账号"), (*_PERSON, "username")),
    )

    authority_id = bodies.OfficeField(
        _l("隶属行政机构"), bodies.PROVINCIAL, validators=[DataRequired()]
    )
    host = bodies.text(
        _l("依托医疗卫生机构"),
        description=_l("考核机构设在医疗卫生机构内的，填写该机构的全称或统一社会信用代码。"),
    )
    username = bodies.text(
        _l("账号名称"), required=True, longest=64,
        description=_l("联系人凭此账号登录，首次登录须设置密码。"),
    )  # fmt: skip
    institution: Institution | None = None

    def validate_host(self, field: Any) -> None:
        """Find the one institution that is meant."""
        if not field.data:
            return
        found = account_rows.find_body(db.session(), field.data, role=Role.INSTITUTION)
        if len(found) != 1:
            raise ValidationError(
                _("没有找到该单位，请填写单位全称。")
                if not found
                else _("有多个同名单位，请填写统一社会信用代码。")
            )
        self.institution = found[0]


class AgencyView(bodies.BodyView):
    """Pages of the agencies in the actor's area."""

    datamodel = Interface(Agency)
    route_base = "/agencies"
    name = _l("考核机构管理")
    group = _l("机构管理")
    new_label = _l("新增考核机构")
    handover_title = _l("考核机构已新增")
    workflow = AGENCY
    add_form = NewAgencyForm
    edit_form = AgencyForm
    edited = ("name", "kind", *_PERSON)
    show_columns = ["name", "kind", "authority.name", "institution.name", *_PERSON, "status"]
    label_columns = {
        "name": _l("考核机构名称"),
        "kind": _l("机构类别"),
        "authority.name": _l("隶属行政机构"),
        "institution.name": _l("依托医疗卫生机构"),
        "contact_person": _l("联系人"),
        "contact_phone": _l("联系电话"),
        "status": _l("状态"),
    }

    def found(self, pk: int) -> Agency:
        """Read an agency in the actor's area; a superior's may be appointed, but not managed."""
        item: Agency = super().found(pk)
        if acting().role is Role.AUTHORITY and not may_write(item, acting()):
            raise NotFound
        return item

    def listing(self) -> Listing:
        """Give the agencies in the actor's area."""
        a, actor = Agency, acting()
        area = (writable(a, actor).criterion(a, actor),) if actor.role is Role.AUTHORITY else ()
        return Listing(
            anchor=a,
            columns=(
                Column(name="name", label=_l("考核机构名称"), expression=a.name),
                Column(name="kind", label=_l("机构类别"), expression=a.kind),
                Column(name="superior", label=_l("隶属行政机构"), expression=Authority.name),
                Column(name="person", label=_l("联系人"), expression=a.contact_person),
                Column(name="phone", label=_l("联系电话"), expression=a.contact_phone),
                Column(name="status", label=_l("状态"), expression=a.status),
            ),
            details=lambda s: s.outerjoin(Authority, Authority.id == Agency.authority_id),
            criteria=area,
        )

    def filters(self) -> Any:
        """Filter by name, region, kind and status."""
        return (
            Filter(name="name", label=_l("考核机构名称"), kind="text", build=contains(Agency.name)),
            areas.area_filter(Agency),
            Filter(
                name="kind", label=_l("机构类别"), kind="choice",
                build=one_of(Agency.kind, AgencyKind), choices=vocabulary_choices(AgencyKind),
            ),
            Filter(
                name="status", label=_l("状态"), kind="choice",
                build=one_of(Agency.status, AgencyStatus), choices=vocabulary_choices(AgencyStatus),
            ),
        )  # fmt: skip

    def row_actions(self, row: Any) -> list[Action]:
        """Give the links of a body, and 新增账号."""
        found = super().row_actions(row)
        if self.appbuilder.sm.has_access("can_add", "AccountView") and self.may("edit"):
            url = account_url(Role.AGENCY, row.name)
            found.insert(2, link("account", _l("新增账号"), url))
        asked = link(agency_bar.STEP, _l("取消资格"), paths.to("AgencyView.bar", pk=row.pk))
        return [asked if one.name == agency_bar.STEP else one for one in found]

    def toolbar(self) -> list[Action]:
        """Give 公布名单: a draft of an announcement."""
        found = super().toolbar()
        if self.may("publish"):
            found.append(post("publish", _l("公布考核机构名单"), url_for("AgencyView.publish")))
        return found

    @expose("/bar/<int:pk>")
    @protected("edit")
    def bar(self, pk: int) -> Any:
        """Ask for how many cycles an agency loses its standing."""
        return agency_bar.draw(self.found(pk), crumbs=self.crumbs())

    @expose("/publish", methods=["POST"])
    @protected("publish")
    def publish(self) -> Any:
        """Draft the announcement of the agencies (art. 7); a person reads it and publishes it."""
        try:
            row = agency_list.draft(db.session(), actor=acting(), at=now())
            db.session.commit()
        except ListRefused as refusal:
            db.session.rollback()
            flash(str(refusal.message), "danger")
            return redirect(url_for("AgencyView.list"))
        flash(_("已生成公告草稿，请核对后发布。"), "success")
        return redirect(url_for("AnnouncementView.edit", pk=row.id))

    def create(self, form: Any) -> bodies.Handover:
        """Store the agency and open its account in the initial state."""
        item = create_agency(
            db.session(),
            authority=form.authority_id.office,
            name=form.name.data,
            kind=form.kind.data,
            institution=form.institution,
            contact_person=form.contact_person.data,
            contact_phone=form.contact_phone.data,
            actor=acting(),
            at=now(),
        )
        created = bodies.open_account(
            username=form.username.data,
            name=form.contact_person.data,
            role=Role.AGENCY,
            body=item,
        )
        return bodies.told(created, item)
