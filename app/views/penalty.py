"""行政处罚: entered by authorities, read by hospitals; agencies read it on the case (art. 17)."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from app.enums import PenaltyKind
from app.extensions import db
from app.models import Institution, Penalty, Physician
from app.operations import penalties
from app.operations.penalties import PenaltyFacts, PenaltyRefused
from app.queries.listing import Column, Listing, Tab
from app.views import cells, paths
from app.views.actions import Action, post
from app.views.base import EntityView, Interface, acting, expose, protected
from app.views.clock import now
from app.views.converter import VocabularyField
from app.views.filters import Filter, begins, contains, one_of, vocabulary_choices
from app.views.typed import stripped

_NEEDED = DataRequired(_l("请填写。"))


def _line(label: Any, longest: int = 255, **options: Any) -> StringField:
    return StringField(
        label,
        [_NEEDED, Length(max=longest)],
        filters=[stripped],
        render_kw={"maxlength": longest, "autocomplete": "off"},
        **options,
    )


class PenaltyForm(FlaskForm):
    """登记行政处罚."""

    id_number = _line(_l("证件号码"), 30, description=_l("本级及下级范围内医师的完整号码。"))
    kind = VocabularyField(_l("处罚种类"), PenaltyKind, validators=[InputRequired()])
    decided_on = DateField(_l("处罚日期"), [_NEEDED])
    office = _line(_l("决定机关"))
    document = _line(_l("处罚决定书文号"))
    facts = TextAreaField(
        _l("违法事实"), [_NEEDED, Length(max=2000)], render_kw={"rows": 4, "maxlength": 2000}
    )


class PenaltyView(EntityView):
    """The decisions on record in the actor's area."""

    datamodel = Interface(Penalty)
    route_base = "/penalties"
    name = _l("行政处罚")
    group = _l("监督管理")
    new_label = _l("登记行政处罚")
    abilities = frozenset({"list", "show", "add", "export"})
    add_form = PenaltyForm
    form_fieldsets = None

    def listing(self) -> Listing:
        """List the decisions, the latest first."""
        p = Penalty
        return Listing(
            anchor=p,
            columns=(
                Column(name="institution", label=_l("医疗卫生机构"), expression=Institution.name),
                Column(name="name", label=_l("姓名"), expression=Physician.name),
                Column(name="id_number", label=_l("证件号码"), expression=Physician.id_masked),
                Column(name="kind", label=_l("处罚种类"), expression=p.kind),
                Column(name="decided", label=_l("处罚日期"), expression=p.decided_on),
                Column(name="office", label=_l("决定机关"), expression=p.office),
                Column(name="document", label=_l("处罚决定书文号"), expression=p.document),
                Column(name="revoked", label=_l("撤销时间"), expression=p.revoked_at),
            ),
            details=lambda statement: statement.outerjoin(
                Physician, Physician.id == p.physician_id
            ).outerjoin(Institution, Institution.id == p.institution_id),
            order=(p.decided_on.desc(), p.id.desc()),
            tabs=(
                Tab(name="valid", label=_l("有效"), criterion=p.revoked_at.is_(None)),
                Tab(name="revoked", label=_l("已撤销"), criterion=p.revoked_at.is_not(None)),
            ),
        )

    def filters(self) -> Sequence[Filter]:
        """Filter by institution, name and kind."""
        p = Penalty
        houses, people = contains(Institution.name), begins(Physician.name)
        return (
            Filter(
                name="institution", label=_l("医疗卫生机构"), kind="text",
                build=lambda t: p.institution_id.in_(select(Institution.id).where(houses(t))),
            ),
            Filter(
                name="name", label=_l("姓名"), kind="text",
                build=lambda t: p.physician_id.in_(select(Physician.id).where(people(t))),
            ),
            Filter(
                name="penalty", label=_l("处罚种类"), kind="choice",
                build=one_of(p.kind, PenaltyKind), choices=vocabulary_choices(PenaltyKind),
            ),
        )  # fmt: skip

    def prefill(self, form: Any, item: Any) -> None:
        """Propose the actor's own authority as the one that decided."""
        form.office.data = acting().body

    def create(self, form: Any) -> Penalty:
        """Enter one decision."""
        session = db.session()
        said = PenaltyFacts(
            kind=form.kind.data,
            decided_on=form.decided_on.data,
            office=form.office.data,
            document=form.document.data,
            facts=form.facts.data.strip(),
        )
        physician = penalties.physician_of(session, form.id_number.data)
        return penalties.record(session, physician, said, actor=acting(), at=now())

    def show_groups(self, item: Any) -> list[tuple[Any, list[tuple[Any, Any]]]]:
        """Give the decision, and what became of it."""
        person = item.physician
        revoked = [
            (_("撤销时间"), cells.shown(item.revoked_at)),
            (_("撤销人"), item.revoked_by),
            (_("撤销原因"), item.revoked_reason),
        ]
        return [
            (
                _("医师"),
                [
                    (_("医疗卫生机构"), person.institution.name),
                    (_("姓名"), person.name),
                    (_("证件号码"), person.id_masked),
                ],
            ),
            (
                _("处罚决定"),
                [
                    (_("处罚种类"), item.kind.label),
                    (_("处罚日期"), cells.shown(item.decided_on)),
                    (_("决定机关"), item.office),
                    (_("处罚决定书文号"), item.document),
                    (_("违法事实"), item.facts),
                    (_("登记人"), item.recorded_by),
                    (_("登记时间"), cells.shown(item.recorded_at)),
                ],
            ),
            *([(_("撤销"), revoked)] if item.revoked_at is not None else []),
        ]

    def show_actions(self, item: Any) -> list[Action]:
        """Give 撤销 to authorities."""
        if not self.may("revoke") or item.revoked_at is not None:
            return []
        url = paths.to("PenaltyView.revoke", pk=item.id)
        return [
            post("revoke", _l("撤销"), url, needs_reason=True, reason_label=_l("撤销原因"),
                 tone="danger")
        ]  # fmt: skip

    @expose("/revoke/<int:pk>", methods=["POST"])
    @protected("revoke")
    def revoke(self, pk: int) -> Any:
        """Take a decision back; it stays on record."""
        item = self.found(pk)
        reason = (request.form.get("comment") or "").strip()[:500]
        try:
            penalties.revoke(db.session(), item, reason=reason, actor=acting(), at=now())
            db.session.commit()
        except PenaltyRefused as refusal:
            db.session.rollback()
            flash(str(refusal.message), "danger")
        else:
            flash(_("处罚记录已撤销，考核中不再显示。"), "success")
        return redirect(url_for("PenaltyView.show", pk=pk))
