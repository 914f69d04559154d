"""全国考核规则: the versions; the nation publishes, provinces read what their cycles begin with."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import Forbidden
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from app.enums import Role
from app.extensions import db
from app.models import NationalRules
from app.operations import national_rules as operations
from app.operations.cycle_changes import rule_lines
from app.queries import national_rules
from app.queries.listing import Column, Listing
from app.rules import CycleRules
from app.views.actions import Action, link
from app.views.base import EntityView, Interface, acting, expose, protected
from app.views.clock import now
from app.views.rules_form import LAST_GROUPS, PAPER_GROUP, RulesForm, plain_fields
from app.views.typed import stripped

NOT_OURS = _l("全国考核规则由国家卫生行政部门发布。")


class _NationalRulesForm(RulesForm):
    reason = StringField(
        _l("发布说明"),
        [DataRequired(), Length(max=255)],
        filters=[stripped],
        description=_l("说明修改的内容和依据，各省可见。"),
        render_kw={"maxlength": 255, "autocomplete": "off"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(national_rules.read(national_rules.newest(db.session())))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, then the pairs against each other."""
        return bool(super().validate(extra_validators)) and self.pairs_fit()


NationalRulesForm: Any = type("NationalRulesForm", (_NationalRulesForm,), dict(plain_fields()))
_GROUPS = (
    (_l("简易程序"), ("simplified_years_good", "simplified_years_clean", "provincial_grounds")),
    PAPER_GROUP,
    (_l("免考和延考"), ("exemption_grounds", "exempted_papers", "deferral_grounds")),
    *LAST_GROUPS,
    (_l("发布"), ("reason",)),
)


def is_nation() -> bool:
    """Say whether the nation's authority is acting."""
    actor = acting()
    return actor.role is Role.AUTHORITY and actor.province_id is None


class NationalRulesView(EntityView):
    """The versions, the newest first; none is ever changed."""

    datamodel = Interface(NationalRules)
    route_base = "/national-rules"
    name = _l("全国考核规则")
    new_label = _l("发布新版本")
    abilities = frozenset({"list", "show", "add", "export"})
    add_form = NationalRulesForm
    form_fieldsets = _GROUPS

    def listing(self) -> Listing:
        """List the versions."""
        n = NationalRules
        return Listing(
            anchor=n,
            columns=(
                Column(name="number", label=_l("版本"), expression=n.number, css="num"),
                Column(name="issued_at", label=_l("发布时间"), expression=n.issued_at),
                Column(name="issued_by", label=_l("发布人"), expression=n.issued_by),
                Column(name="reason", label=_l("发布说明"), expression=n.reason),
            ),
            order=(n.number.desc(),),
        )

    def toolbar(self) -> list[Action]:
        """Give 发布新版本, closed for everybody but the nation."""
        if not self.may("add"):
            return []
        closed = None if is_nation() else NOT_OURS
        url = url_for("NationalRulesView.add")
        return [link("add", self.new_label, url, tone="primary", closed=closed)]

    def prefill(self, form: Any, item: Any) -> None:
        """Begin with the version in force."""
        form.show_rules(national_rules.read(national_rules.newest(db.session())))

    @expose("/add", methods=["GET", "POST"])
    @protected("add")
    def add(self) -> Any:
        """Draw the form with the version in force, or publish another one."""
        if not is_nation():
            raise Forbidden
        return super().add()

    def create(self, form: Any) -> NationalRules:
        """Publish."""
        return operations.publish(
            db.session(),
            rules=CycleRules(**form.rule_values()),
            reason=form.reason.data,
            actor=acting(),
            at=now(),
        )

    def show_groups(self, item: NationalRules) -> list[tuple[Any, list[tuple[Any, Any]]]]:
        """Give every rule, with what it was in the version before where that differs."""
        before = national_rules.numbered(db.session(), item.number - 1)
        was = dict(rule_lines(national_rules.read(before)))
        pairs = [
            (_(word), value if value == was[word] else _changed(value, was[word]))
            for word, value in rule_lines(national_rules.read(item))
        ]
        return [
            (_("发布"), [(_("发布说明"), item.reason), (_("发布人"), item.issued_by)]),
            (_("考核规则"), pairs),
        ]


def _changed(value: str, was: str) -> str:
    return _("%(value)s（上一版本：%(was)s）", value=value, was=was)
