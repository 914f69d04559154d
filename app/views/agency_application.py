"""申请考核机构 of the institution, 考核机构审批 of the authority (manual 1.4)."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response
from wtforms import FileField, TextAreaField
from wtforms.validators import Length, Optional

from app.enums import AgencyApplicationStatus
from app.extensions import db
from app.models import AgencyApplication, AgencyApplicationFile, Cycle, Institution
from app.operations import agency_applications, agency_standing, attachments
from app.operations.agency_applications import ApplicationClosed
from app.operations.attachments import AttachmentRefused
from app.queries import cycles, trail
from app.queries.listing import Column, Listing, Tab
from app.views import actions, casefacts, cells, sendfile
from app.views.actions import Action, link
from app.views.base import EntityView, Interface, PageView, acting, expose, page, protected
from app.views.clock import now, today
from app.views.converter import DynamicForm
from app.views.filters import Filter, contains
from app.views.rownumbers import row_number
from app.views.side_requests import files
from app.workflows.agency_application import AGENCY_APPLICATION
from app.workflows.engine import StepRefused
from app.workflows.offers import startable

_TITLE = _l("申请考核机构")
_ABOUT = _l(
    "符合条件的医疗卫生机构可以申请作为考核机构（管理办法第七条）。请上传附件"
    "（具体附件表格请咨询上级行政机构获取）后提交申请；未通过的，可以修改后重新申请。"
)
_FILE = "AgencyApplicationView.file"


class ApplicationForm(DynamicForm):
    """The note and the next file."""

    note = TextAreaField(
        _l("说明"),
        validators=[Optional(), Length(max=1000)],
        render_kw={"rows": 3, "maxlength": 1000},
    )
    attachment = FileField(_l("附件"), description=_l("PDF、JPEG或PNG，每个不超过5MB。"))


class AgencyApplicationView(PageView):
    """The institution's own application in the current cycle."""

    route_base = "/agency-application"

    @expose("/", methods=["GET", "POST"])
    @protected("use")
    def index(self) -> Any:
        """Draw the application, or take what was typed."""
        session, actor = db.session(), acting()
        own = session.get_one(Institution, actor.institution_id)
        cycle = cycles.current(session, province_id=actor.province_id)
        if cycle is None:
            reason = _("目前没有进行中的考核周期。")
            return page("registration/closed.html", title=_TITLE, page={"reason": reason})
        if request.method == "POST":
            return self._take(own, cycle)
        stored = agency_applications.of_cycle(session, institution_id=own.id, cycle_id=cycle.id)
        form = ApplicationForm(formdata=None, data={"note": stored.note if stored else None})
        return self._draw(own, cycle, form)

    @expose("/file/<int:pk>")
    @protected("download")
    def file(self, pk: int) -> Response:
        """Send one file as something to be saved, in the scope of its application."""
        found = db.session.get(AgencyApplicationFile, pk)
        if found is None:
            raise NotFound
        return sendfile.attachment(found, agency_applications.opened(found))

    def _take(self, own: Institution, cycle: Cycle) -> Any:
        form = ApplicationForm(request.form)
        action, _colon, argument = request.form.get("action", "save").partition(":")
        if not form.validate():
            return self._draw(own, cycle, form)
        try:
            self._store(own, cycle, form, action, argument)
            db.session.commit()
        except AttachmentRefused as refusal:
            db.session.rollback()
            form.attachment.errors = [refusal.message]
            return self._draw(own, cycle, form)
        except ApplicationClosed as closed:
            db.session.rollback()
            flash(str(closed.message), "danger")
            return redirect(url_for("AgencyApplicationView.index"))
        if action == "submit":
            return self._submit(own, cycle, form)
        flash(_("草稿已保存，尚未提交。"), "success")
        return redirect(url_for("AgencyApplicationView.index"))

    def _store(self, own: Institution, cycle: Cycle, form: Any, action: str, argument: str) -> None:
        session, at = db.session(), now()
        row = agency_applications.open_draft(session, own, cycle, at=at)
        row.note = form.note.data or None
        sent = request.files.get("attachment")
        if sent is not None and sent.filename:
            content = sent.read(attachments.MAX_BYTES + 1)
            agency_applications.store_file(
                session, row, filename=sent.filename, content=content, at=at
            )
        elif action == "upload":
            raise AttachmentRefused(_("没有上传：未选择文件或文件为空。请选择文件后再上传。"))
        if action == "remove" and (number := row_number(argument)):
            agency_applications.remove_file(session, row, file_id=number)

    def _submit(self, own: Institution, cycle: Cycle, form: Any) -> Any:
        session = db.session()
        stored = agency_applications.of_cycle(session, institution_id=own.id, cycle_id=cycle.id)
        assert stored is not None
        try:
            AGENCY_APPLICATION.fire(session, stored.id, "submit", actor=acting(), at=now())
            session.commit()
        except StepRefused as refusal:
            session.rollback()
            reason = str(refusal.reason)
            flash(_("未提交：%(reason)s填写的内容已保存为草稿。", reason=reason), "danger")
            return self._draw(own, cycle, form)
        flash(_("提交成功，等待隶属卫生行政部门审核。"), "success")
        return redirect(url_for("AgencyApplicationView.index"))

    def _draw(self, own: Institution, cycle: Cycle, form: Any) -> str:
        session = db.session()
        stored = agency_applications.of_cycle(session, institution_id=own.id, cycle_id=cycle.id)
        is_draft = stored is None or stored.status in agency_applications.DRAFTS
        closed = agency_applications.objection(own, cycle, today=today()) if is_draft else None
        steps: Sequence[Action] = ()
        if stored is not None and not is_draft:
            offers = startable(AGENCY_APPLICATION, session, stored, actor=acting(), at=now())
            steps = actions.steps(AGENCY_APPLICATION.name, stored.id, offers)
        drawn = {
            "form": form if is_draft else None,
            "fields": ("note",),
            "about": _ABOUT,
            "chip": cells.chip(stored.status if stored else AgencyApplicationStatus.DRAFT),
            "returned_reason": stored.returned_reason if stored else None,
            "closed": closed,
            "facts": facts(stored) if stored is not None else [],
            "attachments": files(stored.files if stored else (), _FILE),
            "most_files": attachments.MAX_FILES,
            "actions": steps,
            "timeline": _timeline(stored) if stored is not None else None,
            "url": url_for("AgencyApplicationView.index"),
        }
        return page("side_case/form.html", title=_TITLE, page=drawn)


def facts(stored: AgencyApplication) -> casefacts.Facts:
    """Give 审核信息 in the manual's words."""
    return [
        (_("周期"), stored.cycle.label),
        (_("申请时间"), cells.shown(stored.applied_at)),
        (_("审核时间"), cells.shown(stored.decided_at)),
        (_("审核状态"), cells.shown(stored.status)),
        (_("说明"), stored.note),
    ]


def _timeline(stored: AgencyApplication) -> list[dict[str, Any]]:
    entries = trail.of_subject(db.session(), subject=AGENCY_APPLICATION.name, subject_id=stored.id)
    return casefacts.timeline(entries)


def _qualified(found: AgencyApplication) -> Any:
    rules = cycles.rules(found.cycle)
    asked = agency_standing.qualification(db.session(), found.institution, rules)
    return asked.objection or _(
        "符合：%(what)s%(actual)s，不少于%(needed)s（管理办法第七条）",
        what=asked.word, actual=asked.actual, needed=asked.needed,
    )  # fmt: skip


class AgencyApplicationReviewView(EntityView):
    """The applications below an authority."""

    datamodel = Interface(AgencyApplication)
    route_base = "/agency-applications"
    name = _l("考核机构审批")
    group = _l("机构管理")
    abilities = frozenset({"list", "export"})

    def listing(self) -> Listing:
        """List what waits, and behind a tab what is decided; drafts are nobody's."""
        a, states = AgencyApplication, AgencyApplicationStatus
        return Listing(
            anchor=a,
            columns=(
                Column(name="institution", label=_l("医疗卫生机构"), expression=Institution.name),
                Column(name="kind", label=_l("机构类别"), expression=Institution.kind),
                Column(name="grade", label=_l("等级"), expression=Institution.grade),
                Column(name="beds", label=_l("床位数"), expression=Institution.beds, css="num"),
                Column(name="applied", label=_l("申请时间"), expression=a.applied_at),
                Column(name="decided", label=_l("审核时间"), expression=a.decided_at),
                Column(name="status", label=_l("审核状态"), expression=a.status),
            ),
            details=lambda s: s.outerjoin(Institution, Institution.id == a.institution_id),
            order=(a.applied_at, a.id),
            tabs=(
                Tab(name="waiting", label=_l("待审核"), criterion=a.status == states.AWAITING),
                Tab(
                    name="decided",
                    label=_l("已处理"),
                    criterion=a.status.in_((states.PASSED, states.REJECTED)),
                ),
            ),
        )

    def filters(self) -> Sequence[Filter]:
        """Filter by the institution's name."""
        return (
            Filter(
                name="institution",
                label=_l("医疗卫生机构"),
                kind="text",
                build=lambda text: AgencyApplication.institution.has(
                    contains(Institution.name)(text)
                ),
            ),
        )

    def row_actions(self, row: Any) -> list[Action]:
        """Link the application's page."""
        url = url_for("AgencyApplicationReviewView.case", pk=row.pk)
        return [link("case", _l("审核"), url)] if self.may("case") else []

    @expose("/case/<int:pk>")
    @protected("case")
    def case(self, pk: int) -> Any:
        """Draw an application with its files, and what may be decided."""
        found = self.found(pk)
        if found.status is AGENCY_APPLICATION.initial:
            raise NotFound  # nobody else's draft is read
        own = found.institution
        offers = startable(AGENCY_APPLICATION, db.session(), found, actor=acting(), at=now())
        back = url_for("AgencyApplicationReviewView.list")
        links = [link("download", one["filename"], one["url"]) for one in files(found.files, _FILE)]
        body: casefacts.Facts = [
            (_("机构类别"), own.kind.label),
            (_("等级"), own.grade.label),
            (_("床位数"), own.beds),
            (_("医师数"), own.physician_count),
            (_("资格核对"), _qualified(found)),
            (_("联系人"), own.contact_person),
            (_("联系电话"), own.contact_phone),
        ]
        drawn = {
            "name": own.name,
            "status": (found.status.label, cells.tone(found.status)),
            "sections": [
                casefacts.Section(heading=_("审核信息"), facts=facts(found)),
                casefacts.Section(heading=_("附件"), links=links),
                casefacts.Section(heading=_("机构信息"), facts=body),
            ],
            "returned_reason": found.returned_reason,
            "timeline": _timeline(found),
            "back_url": back,
            "actions": actions.steps(AGENCY_APPLICATION.name, found.id, offers),
            "decision_title": self.name,
            "targets": {
                "next": back,
                "back": url_for("AgencyApplicationReviewView.case", pk=pk),
            },
        }
        return page("side_case/review.html", title=own.name, crumbs=self.crumbs(), page=drawn)
