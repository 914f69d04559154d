"""医疗卫生机构管理: institutions below an authority, each opened with its first account."""

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional

from app.enums import BodyStatus, InstitutionGrade, InstitutionKind, Ownership, Role
from app.extensions import db
from app.models import Authority, Institution
from app.operations.bodies import InstitutionFacts, create_institution
from app.queries.listing import Column, Listing
from app.views import areas, bodies, superior
from app.views.actions import Action, link, post
from app.views.authority import account_url
from app.views.base import Interface, acting, expose, protected
from app.views.clock import now
from app.views.converter import VocabularyField
from app.views.filters import Filter, contains, one_of, starts_with, vocabulary_choices
from app.views.import_links import import_button
from app.workflows.body import INSTITUTION

_FACTS = (
    "licence_number", "kind", "grade", "ownership", "beds", "head", "contact_person",
    "contact_phone", "address", "postcode", "may_apply_as_agency",
)  # fmt: skip
_BODY = (
    "name", "uscc", "licence_number", "kind", "grade", "ownership", "beds", "head", "address",
    "postcode", "may_apply_as_agency",
)  # fmt: skip
_PERSON = ("contact_person", "contact_phone")


def _upper(value: Any) -> Any:
    return "".join(value.split()).upper() if isinstance(value, str) else value


def _choice(label: Any, vocabulary: Any, default: Any) -> VocabularyField:
    return VocabularyField(label, vocabulary, validators=[InputRequired()], default=default)


class InstitutionForm(FlaskForm):
    """编辑医疗卫生机构."""

    groups: bodies.Groups = ((_l("机构信息"), _BODY), (_l("联系人"), _PERSON))

    name = bodies.text(_l("机构名称"), required=True)
    uscc = bodies.text(_l("统一社会信用代码"), required=True, longest=30)
    licence_number = bodies.text(_l("医疗机构执业许可证登记号"), longest=64)
    kind = _choice(_l("机构类别"), InstitutionKind, InstitutionKind.HOSPITAL)
    grade = _choice(_l("等级"), InstitutionGrade, InstitutionGrade.UNGRADED)
    ownership = _choice(_l("经营性质"), Ownership, Ownership.NON_PROFIT)
    beds = IntegerField(_l("床位数"), validators=[Optional(), NumberRange(0, 100_000)])
    head = bodies.text(_l("负责人"), longest=64)
    address = bodies.text(_l("地址"))
    postcode = bodies.text(_l("邮政编码"), longest=6)
    may_apply_as_agency = BooleanField(_l("可申请考核机构"))
    contact_person = bodies.text(_l("联系人"), required=True, longest=64)
    contact_phone = bodies.text(_l("联系电话"), longest=64)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check after bringing the code into the stored form."""
        self.uscc.data = _upper(self.uscc.data)
        return bool(super().validate(extra_validators))


class NewInstitutionForm(InstitutionForm):
    """新增医疗卫生机构, with the account of its 联系人."""

    groups = (
        (_l("机构信息"), ("authority_id", *_BODY)),
        (_l("联系人和账号"), (*_PERSON, "username")),
    )

    authority_id = bodies.OfficeField(
        _l("隶属行政机构"), bodies.PROVINCIAL, validators=[DataRequired()]
    )
    username = bodies.text(
        _l("账号名称"), required=True, longest=64,
        description=_l("联系人凭此账号登录，首次登录须设置密码。"),
    )  # fmt: skip


class InstitutionView(bodies.BodyView):
    """Pages of the institutions in the actor's area."""

    datamodel = Interface(Institution)
    route_base = "/institutions"
    name = _l("医疗卫生机构管理")
    group = _l("机构管理")
    new_label = _l("新增医疗卫生机构")
    handover_title = _l("医疗卫生机构已新增")
    workflow = INSTITUTION
    add_form = NewInstitutionForm
    edit_form = InstitutionForm
    edited = ("name", "uscc", *_FACTS)
    show_columns = ["name", "uscc", *_FACTS[:6], "address", "postcode", "may_apply_as_agency",
                    "authority.name", "contact_person", "contact_phone", "status"]  # fmt: skip
    label_columns = {
        "name": _l("机构名称"),
        "uscc": _l("统一社会信用代码"),
        "licence_number": _l("医疗机构执业许可证登记号"),
        "kind": _l("机构类别"),
        "grade": _l("等级"),
        "ownership": _l("经营性质"),
        "beds": _l("床位数"),
        "head": _l("负责人"),
        "address": _l("地址"),
        "postcode": _l("邮政编码"),
        "may_apply_as_agency": _l("可申请考核机构"),
        "authority.name": _l("隶属行政机构"),
        "contact_person": _l("联系人"),
        "contact_phone": _l("联系电话"),
        "status": _l("状态"),
    }

    def listing(self) -> Listing:
        """Give the institutions in scope."""
        i = Institution
        return Listing(
            anchor=i,
            columns=(
                Column(name="name", label=_l("机构名称"), expression=i.name),
                Column(name="uscc", label=_l("统一社会信用代码"), expression=i.uscc),
                Column(name="kind", label=_l("机构类别"), expression=i.kind),
                Column(name="grade", label=_l("等级"), expression=i.grade),
                Column(name="superior", label=_l("隶属行政机构"), expression=Authority.name),
                Column(name="person", label=_l("联系人"), expression=i.contact_person),
                Column(name="status", label=_l("状态"), expression=i.status),
            ),
            details=lambda s: s.outerjoin(Authority, Authority.id == Institution.authority_id),
        )

    def filters(self) -> Any:
        """Filter by name, code, region, kind, grade and status."""
        i = Institution
        return (
            Filter(name="name", label=_l("机构名称"), kind="text", build=contains(i.name)),
            Filter(
                name="uscc", label=_l("统一社会信用代码"), kind="text", build=starts_with(i.uscc)
            ),
            areas.area_filter(i),
            _filter("kind", _l("机构类别"), i.kind, InstitutionKind),
            _filter("grade", _l("等级"), i.grade, InstitutionGrade),
            _filter("status", _l("状态"), i.status, BodyStatus),
        )

    def toolbar(self) -> list[Action]:
        """Give 新增 and 批量导入."""
        security, label = self.appbuilder.sm, _l("批量导入医疗卫生机构")
        return [*super().toolbar(), *import_button(security, "InstitutionImportView", label)]

    def bulk(self) -> list[Action]:
        """Give 指派考核机构 of ticked institutions."""
        if not self.appbuilder.sm.has_access("can_add", "AppointmentView"):
            return []
        return [post("appoint", _l("指派考核机构"), url_for("AppointmentView.chosen"))]

    def row_actions(self, row: Any) -> list[Action]:
        """Give the links of a body, and 新增账号."""
        found = super().row_actions(row)
        if self.appbuilder.sm.has_access("can_add", "AccountView") and self.may("edit"):
            url = account_url(Role.INSTITUTION, row.uscc)
            found.insert(2, link("account", _l("新增账号"), url))
        if self.may("reassign"):
            url = url_for("InstitutionView.superior", pk=row.pk)
            found.append(link("superior", _l("隶属调整"), url))
        return found

    @expose("/superior/<int:pk>", methods=["GET", "POST"])
    @protected("reassign")
    def superior(self, pk: int) -> Any:
        """隶属调整."""
        item = self.found(pk)
        return superior.answer(self, item, item.authority.name, superior.INSTITUTION)

    def create(self, form: Any) -> bodies.Handover:
        """Store the institution and open its account in the initial state."""
        facts = InstitutionFacts(**{name: form[name].data for name in _FACTS})
        item = create_institution(
            db.session(),
            authority=form.authority_id.office,
            uscc=form.uscc.data,
            name=form.name.data,
            facts=facts,
            actor=acting(),
            at=now(),
        )
        created = bodies.open_account(
            username=form.username.data,
            name=form.contact_person.data,
            role=Role.INSTITUTION,
            body=item,
        )
        return bodies.told(created, item)


def _filter(name: str, label: Any, column: Any, vocabulary: Any) -> Filter:
    return Filter(
        name=name, label=label, kind="choice",
        build=one_of(column, vocabulary), choices=vocabulary_choices(vocabulary),
    )  # fmt: skip
