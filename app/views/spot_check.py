"""抽查: an authority draws a sample of cases and records what it found (art. 10)."""

from collections.abc import Sequence
from secrets import token_hex
from typing import Any

from flask import redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import func, select
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from app.enums import Finding, Stratum
from app.extensions import db
from app.models import Assessment, Cycle, Institution, Physician, SpotCheck, SpotCheckItem
from app.operations import spot_checks
from app.operations.spot_checks import LARGEST, SpotCheckRefused
from app.queries import cycles
from app.queries.listing import Column, Listing, Tab
from app.security.scoping import may_write
from app.views import cells, paths
from app.views.actions import Action, link
from app.views.base import EntityView, Interface, acting, expose, protected
from app.views.clock import now
from app.views.converter import VocabularyField
from app.views.filters import Filter, begins, contains, one_of, vocabulary_choices
from app.views.typed import stripped

_GROUP = _l("监督管理")
_NEEDED = DataRequired(_l("请填写。"))


class SpotCheckForm(FlaskForm):
    """抽取样本."""

    name = StringField(
        _l("抽查名称"), [_NEEDED, Length(max=255)], filters=[stripped],
        render_kw={"maxlength": 255},
    )  # fmt: skip
    stratum = VocabularyField(
        _l("分层方式"), Stratum, validators=[InputRequired()],
        description=_l("各层按人数比例抽取，样本足够时每层至少抽取1人。"),
    )  # fmt: skip
    size = IntegerField(_l("抽取人数"), [_NEEDED, NumberRange(1, LARGEST)])
    seed = StringField(
        _l("随机种子"), [Optional(), Length(max=64)], filters=[stripped],
        description=_l("留空时自动生成。种子记录在案，凭种子可以重现抽取结果。"),
        render_kw={"maxlength": 64, "autocomplete": "off"},
    )  # fmt: skip


class SpotCheckView(EntityView):
    """The samples of one's own authority, and of those below."""

    datamodel = Interface(SpotCheck)
    route_base = "/spot-checks"
    name = _l("抽查")
    group = _GROUP
    new_label = _l("抽取样本")
    abilities = frozenset({"list", "show", "add", "export"})
    add_form = SpotCheckForm
    form_fieldsets = None

    def listing(self) -> Listing:
        """List the samples with how far each is."""
        s = SpotCheck
        return Listing(
            anchor=s,
            columns=(
                Column(name="name", label=_l("抽查名称"), expression=s.name),
                Column(name="cycle", label=_l("考核周期"), expression=Cycle.label),
                Column(name="stratum", label=_l("分层方式"), expression=s.stratum),
                Column(name="population", label=_l("总体人数"), expression=s.population, css="num"),
                Column(name="size", label=_l("抽取人数"), expression=s.size, css="num"),
                Column(name="done", label=_l("已登记"), expression=_counted(), css="num"),
                Column(name="drawn", label=_l("抽取时间"), expression=s.drawn_at),
                Column(name="by", label=_l("抽取人"), expression=s.drawn_by),
            ),
            details=lambda statement: statement.outerjoin(Cycle, Cycle.id == s.cycle_id),
            order=(s.id.desc(),),
        )

    def create(self, form: Any) -> SpotCheck:
        """Draw."""
        session, actor = db.session(), acting()
        cycle = cycles.current(session, province_id=actor.province_id)
        if cycle is None:
            raise SpotCheckRefused(_l("目前没有进行中的考核周期。"))
        return spot_checks.draw(
            session, cycle, name=form.name.data, stratum=form.stratum.data, size=form.size.data,
            seed=form.seed.data or token_hex(8), actor=actor, at=now(),
        )  # fmt: skip

    def row_actions(self, row: Any) -> list[Action]:
        """Link the drawn cases."""
        return [*super().row_actions(row), _items(row.pk)]

    def show_actions(self, item: Any) -> list[Action]:
        """Link the drawn cases."""
        return [_items(item.id)]

    def show_groups(self, item: Any) -> list[tuple[Any, list[tuple[Any, Any]]]]:
        """Give how it was drawn, and what was found so far."""
        i = SpotCheckItem
        counted = dict(
            db.session.execute(
                select(i.finding, func.count())
                .where(i.spot_check_id == item.id)
                .group_by(i.finding)
            ).all()
        )
        return [
            (
                _("抽取"),
                [
                    (_("考核周期"), item.cycle.label),
                    (_("卫生行政部门"), item.authority.name),
                    (_("分层方式"), item.stratum.label),
                    (_("总体人数"), item.population),
                    (_("抽取人数"), item.size),
                    (_("随机种子"), item.seed),
                    (_("抽取时间"), cells.shown(item.drawn_at)),
                    (_("抽取人"), item.drawn_by),
                ],
            ),
            (
                _("抽查结果"),
                [
                    *((one.label, counted.get(one, 0)) for one in Finding),
                    (_("未登记"), counted.get(None, 0)),
                ],
            ),
        ]


class SpotCheckItemView(EntityView):
    """The drawn cases."""

    datamodel = Interface(SpotCheckItem)
    route_base = "/spot-check-items"
    name = _l("抽查登记")
    group = _GROUP
    abilities = frozenset({"list", "edit", "export"})
    form_fieldsets = None

    def listing(self) -> Listing:
        """List the cases of a sample, in the order in which they were drawn."""
        i, a = SpotCheckItem, Assessment
        return Listing(
            anchor=i,
            columns=(
                Column(name="check", label=_l("抽查名称"), expression=SpotCheck.name),
                Column(name="stratum", label=_l("层"), expression=i.stratum_name),
                Column(name="institution", label=_l("医疗卫生机构"), expression=Institution.name),
                Column(name="name", label=_l("姓名"), expression=Physician.name),
                Column(name="id_number", label=_l("证件号码"), expression=Physician.id_masked),
                Column(name="procedure", label=_l("考核程序"), expression=a.procedure),
                Column(name="status", label=_l("考核状态"), expression=a.status),
                Column(name="finding", label=_l("抽查结果"), expression=i.finding),
                Column(name="remark", label=_l("说明"), expression=i.remark),
            ),
            details=lambda statement: (
                statement.outerjoin(SpotCheck, SpotCheck.id == i.spot_check_id)
                .outerjoin(a, a.id == i.assessment_id)
                .outerjoin(Institution, Institution.id == a.institution_id)
                .outerjoin(Physician, Physician.id == a.physician_id)
            ),
            order=(i.spot_check_id.desc(), i.number, i.id),
            tabs=(
                Tab(name="open", label=_l("未登记"), criterion=i.finding.is_(None)),
                Tab(name="done", label=_l("已登记"), criterion=i.finding.is_not(None)),
            ),
        )

    def filters(self) -> Sequence[Filter]:
        """Filter by sample, institution, name and finding."""
        i = SpotCheckItem
        houses, people = contains(Institution.name), begins(Physician.name)
        return (
            Filter(
                name="spot_check", label=_l("抽查"), kind="choice",
                build=lambda pk: i.spot_check_id == int(pk), choices=_samples,
            ),
            Filter(
                name="institution", label=_l("医疗卫生机构"), kind="text",
                build=lambda t: i.assessment.has(
                    Assessment.institution_id.in_(select(Institution.id).where(houses(t)))
                ),
            ),
            Filter(
                name="name", label=_l("姓名"), kind="text",
                build=lambda t: i.physician_id.in_(select(Physician.id).where(people(t))),
            ),
            Filter(
                name="finding", label=_l("抽查结果"), kind="choice",
                build=one_of(i.finding, Finding), choices=vocabulary_choices(Finding),
            ),
        )  # fmt: skip

    class edit_form(FlaskForm):  # noqa: N801 - the framework's name
        """登记抽查结果."""

        finding = VocabularyField(_l("抽查结果"), Finding, validators=[InputRequired()])
        remark = TextAreaField(
            _l("说明"), [Optional(), Length(max=1000)], filters=[stripped],
            description=_l("与事实不符的，请写明不符之处。"),
            render_kw={"rows": 4, "maxlength": 1000},
        )  # fmt: skip

    def row_actions(self, row: Any) -> list[Action]:
        """Link the finding and the case."""
        url = paths.to("SpotCheckItemView.edit", pk=row.pk)
        found = [link("edit", _l("登记结果"), url)] if self.may("edit") else []
        return [*found, link("show", _l("查看考核"), paths.to("SpotCheckItemView.case", pk=row.pk))]

    @expose("/case/<int:pk>")
    @protected("list")
    def case(self, pk: int) -> Any:
        """Go to the case on its own page."""
        return redirect(url_for("ProgressView.case", pk=self.found(pk).assessment_id))

    def update(self, item: Any, form: Any) -> None:
        """Record the finding."""
        if not may_write(item, acting()):
            raise SpotCheckRefused(_l("只能登记本级抽取的样本。"))
        spot_checks.record(
            db.session(), item, finding=form.finding.data, remark=form.remark.data or None,
            actor=acting(), at=now(),
        )  # fmt: skip


def _items(pk: int) -> Action:
    url = url_for("SpotCheckItemView.list", spot_check=pk)
    return link("items", _l("抽查登记"), url)


def _samples() -> list[tuple[str, Any]]:
    rows = db.session.scalars(select(SpotCheck).order_by(SpotCheck.id.desc()).limit(200))
    return [(str(row.id), row.name) for row in rows]


def _counted() -> Any:
    i = SpotCheckItem
    return (
        select(func.count())
        .where(i.spot_check_id == SpotCheck.id, i.finding.is_not(None))
        .correlate(SpotCheck)
        .scalar_subquery()
    )
