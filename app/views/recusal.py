"""回避: asked by the physician, decided by the agency, or declared by the assessor (art. 16)."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.exceptions import NotFound
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from app.dashboards import physician
from app.extensions import db
from app.models import Assessment, Recusal
from app.operations import recusals
from app.operations.recusals import RecusalRefused
from app.queries.listing import Column
from app.views import casefacts
from app.views.base import Interface, acting, expose, protected
from app.views.clock import now
from app.views.converter import DynamicForm
from app.views.decided_requests import DecidedRequestView, asked, why
from app.views.language import own_path
from app.views.own_requests import OwnRequestsView
from app.views.typed import stripped
from app.workflows.engine import COMMENT_MISSING, StepRefused, Text
from app.workflows.recusal import RECUSAL


class RecusalForm(FlaskForm):
    """Whom the physician objects to, and why."""

    assessor_name = StringField(
        _l("考核人员姓名"),
        [InputRequired(_l("请填写。")), Length(max=64)],
        filters=[stripped],
        render_kw={"maxlength": 64},
    )
    reason = TextAreaField(
        _l("回避理由"),
        [InputRequired(_l("请填写回避理由。")), Length(max=500)],
        description=_l("如与该人员有亲属关系、利害关系或其他可能影响公正考核的情形。"),
        render_kw={"rows": 3, "maxlength": 500},
    )


class OwnRecusalView(OwnRequestsView):
    """A physician's own requests in the current cycle."""

    route_base = "/recusal"
    model = Recusal
    workflow = RECUSAL
    title = _l("回避申请")
    about = _l(
        "认为考核人员与您有利害关系、可能影响公正考核的，可以在考核前申请其回避（管理办法第十六条）。"
        "申请由考核机构审核，本机构看不到申请内容。"
    )
    form_class = RecusalForm
    sent_text = _l("提交成功，等待考核机构审核。")

    def closed(self) -> Text | None:
        """Ask the case."""
        case = self._case()
        return _("目前没有进行中的考核。") if case is None else recusals.closed(case)

    def ask(self, form: Any) -> None:
        """Object to somebody."""
        case = self._case()
        if case is None:
            raise RecusalRefused(_l("目前没有进行中的考核。"))
        recusals.ask(
            db.session(),
            case,
            assessor_name=form.assessor_name.data,
            reason=form.reason.data.strip(),
            actor=acting(),
            at=now(),
        )

    def facts(self, row: Any) -> casefacts.Facts:
        """Say whom and why."""
        return [(_("考核人员姓名"), row.assessor_name), (_("回避理由"), row.reason)]

    @staticmethod
    def _case() -> Assessment | None:
        return physician.desk(db.session(), actor=acting()).case


class AssessorForm(DynamicForm):
    """The account of whoever is named, read by stepfacts when the request is granted."""

    assessor = SelectField(_l("需要回避的考核人员"), validators=[Optional()])

    def __init__(self, people: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(formdata=None, **kwargs)
        blank = SelectChoice("", _l("请选择"))
        self.assessor.choices = [blank, *(SelectChoice(str(pk), name) for pk, name in people)]


class RecusalView(DecidedRequestView):
    """What waits for the agency."""

    datamodel = Interface(Recusal)
    route_base = "/recusals"
    name = _l("回避审核")
    model = Recusal
    workflow = RECUSAL
    hidden_steps = frozenset({"declare"})

    def columns_of_request(self) -> Sequence[Column]:
        """Say whom, and whether it was declared."""
        r = Recusal
        return (
            Column(name="assessor", label=_l("考核人员姓名"), expression=r.assessor_name),
            Column(name="declared", label=_l("本人声明"), expression=r.is_declared),
            asked(r),
        )

    def who(self, found: Any) -> str:
        """Name the physician."""
        return str(found.assessment.physician.name)

    def decision_form(self, found: Any, typed: dict[str, str]) -> Any:
        """Ask who of the agency is meant; the one of that name is proposed."""
        people = recusals.assessors(db.session(), agency_id=found.agency_id)
        named = [str(pk) for pk, name in people if name == found.assessor_name]
        chosen = typed.get("assessor") or (named[0] if len(named) == 1 else "")
        return AssessorForm(people, data={"assessor": chosen})

    def sections(self, found: Any) -> Sequence[casefacts.Section]:
        """Say whom and why."""
        who: casefacts.Facts = [(_("考核人员姓名"), found.assessor_name)]
        return [
            casefacts.Section(heading=_("需要回避的考核人员"), facts=who),
            why(found, _("回避理由"), found.reason),
        ]

    @expose("/declare/<int:pk>", methods=["POST"])
    @protected("declare")
    def declare(self, pk: int) -> Any:
        """Take oneself off a case; ``pk`` is the case."""
        case = db.session.get(Assessment, pk)
        if case is None:
            raise NotFound
        reason = (request.form.get("comment") or "").strip()[:500]
        back = own_path(request.form.get("back"), url_for("HomeView.index"))
        if not reason:
            flash(str(COMMENT_MISSING), "danger")
            return redirect(back)
        try:
            actor, at = acting(), now()
            row = recusals.declare(db.session(), case, reason=reason, actor=actor, at=at)
            RECUSAL.fire(db.session(), row.id, "declare", actor=actor, at=at)
            db.session.commit()
        except (RecusalRefused, StepRefused) as refusal:
            db.session.rollback()
            flash(str(refusal.message), "danger")
            return redirect(back)
        flash(_("已声明回避，请由其他人员复核该医师。"), "success")
        return redirect(own_path(request.form.get("next"), back))
