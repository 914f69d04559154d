"""本机构信息 (manual 1.2): a hospital completes its own facts and so confirms the cycle."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from app.enums import InstitutionGrade, InstitutionKind, Ownership
from app.extensions import db
from app.models import Institution
from app.operations import institution_profile as operations
from app.operations.institution_profile import FACTS, ProfileOvertaken
from app.views import cells
from app.views.base import PageView, acting, expose, page, protected
from app.views.clock import now
from app.views.converter import VocabularyField
from app.views.errors import flash_saved
from app.views.rownumbers import row_number
from app.views.typed import stripped_or_none

_TOO_LONG = _l("内容过长，最多%(max)d字。")
_COUNT = [Optional(), NumberRange(0, 1_000_000, _l("请填写0至1000000之间的整数。"))]
_PHONE = Regexp(
    r"^[0-9+()（）、,，\-\s转]{5,64}$", message=_l("联系电话只能填写数字、空格和 - ( ) + 等符号。")
)


def _line(label: Any, *rules: Any, longest: int, required: bool = False) -> StringField:
    missing = InputRequired(_l("请填写%(label)s。", label=label))
    first = missing if required else Optional()
    return StringField(
        label,
        [first, Length(max=longest, message=_TOO_LONG), *rules],
        filters=[stripped_or_none],
        render_kw={"maxlength": longest},
    )


def _word(label: Any, vocabulary: Any) -> VocabularyField:
    rule = InputRequired(_l("请选择%(label)s。", label=label))
    return VocabularyField(label, vocabulary, validators=[rule])


class ProfileForm(FlaskForm):
    """What the hospital may change (domain 2.2)."""

    name = _line(_l("机构名称"), longest=255, required=True)
    licence_number = _line(_l("医疗机构执业许可证登记号"), longest=64)
    kind = _word(_l("机构类别"), InstitutionKind)
    grade = _word(_l("等级等次"), InstitutionGrade)
    ownership = _word(_l("经营性质"), Ownership)
    beds = IntegerField(_l("床位数"), _COUNT)
    physician_count = IntegerField(_l("医师数"), _COUNT)
    head = _line(_l("法人/主要负责人"), longest=64)
    contact_person = _line(_l("联系人"), longest=64, required=True)
    contact_phone = _line(_l("联系电话"), _PHONE, longest=64, required=True)
    address = _line(_l("地址"), longest=255)
    postcode = _line(_l("邮编"), Regexp(r"^[0-9]{6}$", message=_l("邮编为6位数字。")), longest=6)
    version = HiddenField()

    @property
    def facts(self) -> dict[str, Any]:
        """What was typed, by the names of the operation."""
        return {name: self[name].data for name in FACTS}

    @property
    def seen_version(self) -> int:
        """The version that was on the screen."""
        return row_number(self.version.data) or 0


class InstitutionProfileView(PageView):
    """One page: the hospital of the acting clerk."""

    route_base = "/institution"
    default_view = "edit"

    @expose("/profile", methods=["GET", "POST"])
    @protected("edit")
    def edit(self) -> Any:
        """Draw the form, or store what was sent; what was typed survives a refusal."""
        institution_id = acting().institution_id
        institution = db.session.get_one(Institution, institution_id)
        form = ProfileForm(obj=institution)
        if request.method == "GET" or not form.validate():
            return _drawn(form, institution)
        try:
            operations.save_profile(
                db.session(),
                institution.id,
                facts=form.facts,
                version=form.seen_version,
                actor=acting(),
                at=now(),
            )
            db.session.commit()
        except ProfileOvertaken as overtaken:
            db.session.rollback()
            _explain(form, overtaken)
            return _drawn(form, institution), 409
        flash_saved(institution)
        return redirect(url_for("InstitutionProfileView.edit"))


def _explain(form: ProfileForm, overtaken: ProfileOvertaken) -> None:
    """Say what stands there now; the next 保存 is made in that knowledge."""
    form.version.data = overtaken.version
    form.form_errors.append(str(overtaken.message))
    for name, value in overtaken.changed.items():
        standing = cells.shown(value) or _("（空）")
        form[name].errors = [_("当前保存的内容：%(value)s", value=standing)]
    flash(str(overtaken.message), "danger")


def _drawn(form: ProfileForm, institution: Institution) -> str:
    drawn = {
        "form": form,
        "fixed": [
            (_("统一社会信用代码"), institution.uscc),
            (_("隶属行政机构"), institution.authority.name),
        ],
        "fieldsets": [
            (
                _("机构信息"),
                ["name", "licence_number", "kind", "grade", "ownership", "beds", "physician_count"],
            ),
            (
                _("联系方式"),
                ["head", "contact_person", "contact_phone", "address", "postcode"],
            ),
        ],
    }
    return page("institution/profile.html", title=_("本机构信息"), page=drawn)
