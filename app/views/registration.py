"""考核报名 and the home page of a physician. A draft is never lost, and never mistaken for 提交."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import NotFound

from app.dashboards import physician
from app.extensions import db
from app.models import Assessment, Registration
from app.operations import experiences, registrations
from app.operations.attachments import AttachmentRefused
from app.views import attachment, cells, registration_form, registration_page
from app.views.base import PageView, acting, expose, protected
from app.views.clock import now
from app.views.rownumbers import row_number
from app.workflows.assessment import ASSESSMENT
from app.workflows.engine import StepRefused

_OVERTAKEN = _l(
    "该报名信息刚才已在别处（其他窗口或设备）保存过，本次填写尚未保存，仍保留在下方。"
    "请核对；再次保存将以下方内容为准。"
)


AUTOSAVE = "autosave"


def _not_saved(message: Any) -> Any:
    return {"text": _("未自动保存：%(reason)s", reason=str(message))}, 409


class RegistrationView(PageView):
    """The physician's own form: one page, saved as often as one likes, submitted once."""

    route_base = "/registration"

    @expose("/", methods=["GET", "POST"])
    @protected("use")
    def index(self) -> Any:
        """Draw the form, the submitted form, or why there is none; take what was typed."""
        desk = physician.desk(db.session(), actor=acting())
        if desk.case is None:
            return registration_page.closed(desk)
        if request.method == "POST":
            return _Taking(desk.case).answer()
        if registrations.editable_objection(desk.case) is not None:
            return registration_page.submitted(desk.case)
        stored = registrations.find(db.session(), participation_id=desk.case.participation_id)
        form = registration_form.build(desk.case, stored, is_posted=False)
        registration_page.offer(form, desk.case, department_id=form.department_id.data)
        return registration_page.form(form, desk.case, stored)

    @expose("/specialties")
    @protected("use")
    def specialties(self) -> Any:
        """Give the 从事专业 of one enabled department of the physician's institution as JSON."""
        wanted = request.args.get("department", "")
        enabled = registrations.enabled_departments(
            db.session(), institution_id=acting().institution_id or 0
        )
        chosen = next((row for row in enabled if str(row.id) == wanted), None)
        if chosen is None:
            raise NotFound
        found = registrations.specialties(db.session(), department_id=chosen.id)
        pairs = [registration_form.option(row) for row in found]
        return {"options": [{"value": value, "label": label} for value, label in pairs]}


class _Taking:
    """One POST of the form: save what can be read, then do what the pressed button asks."""

    def __init__(self, case: Assessment) -> None:
        self.case_id = case.id
        self.action, _colon, self.argument = request.form.get("action", "save").partition(":")
        self.case = case
        self.stored: Registration | None = None
        self.form: Any = None

    def answer(self) -> Any:
        """Save and go on; whatever is refused comes back with everything that was typed."""
        try:
            is_saved = self._save()
        except registrations.RegistrationClosed as closed:
            db.session.rollback()
            if self.action == AUTOSAVE:
                return _not_saved(closed.message)
            flash(_("%(reason)s本次填写未保存。", reason=str(closed.message)), "danger")
            return redirect(url_for("RegistrationView.index"))
        except (StaleDataError, IntegrityError):
            db.session.rollback()
            is_saved = False
        if self.action == AUTOSAVE:
            return self._told() if is_saved else _not_saved(_OVERTAKEN)
        if not is_saved:
            return self._overtaken()
        if self.action == "submit" and not any(registration_form.problems(self.form)):
            return self._submit()
        return self._after_saving()

    def _save(self) -> bool:
        session, at = db.session(), now()
        self.case = registrations.lock_editable(session, case_id=self.case_id)
        self.stored = registrations.find(session, participation_id=self.case.participation_id)
        self.form = registration_form.build(self.case, self.stored, is_posted=True)
        registration_page.offer(self.form, self.case, department_id=self._department())
        self.form.validate()
        if self.form.version.data != str(self.stored.version if self.stored else 0):
            return False
        if self.action == "remove_experience":
            self._remove_experience()
        self.stored = registrations.open_draft(session, self.case, at=at)
        registrations.save(self.stored, registration_form.typed(self.form), at=at)
        kept = experiences.save_experiences(
            self.stored, registration_form.typed_experiences(self.form)
        )
        registrations.measure(session, self.case, self.stored)
        session.commit()
        registration_form.name_experiences(self.form, kept)
        if self.action != AUTOSAVE:  # the browser keeps its own rows
            registration_form.drop_blank_experiences(self.form)
        self.form.version.data = str(self.stored.version)
        return True

    def _told(self) -> Any:
        """Tell the browser what was saved: when, as which version, and the ids of new rows."""
        time = cells.clock(now())
        return {
            "text": _("草稿已自动保存 %(time)s。保存不等于提交。", time=time),
            "version": self.form.version.data,
            "rows": {entry.form.row.name: entry.form.row.data for entry in self.form.experiences},
        }

    def _department(self) -> int | None:
        """Give the department whose 诊疗科目 are offered: the chosen one, else the stored one."""
        enabled = registrations.enabled_departments(
            db.session(), institution_id=self.case.institution_id
        )
        chosen = self.form.department_id.data
        if chosen in {row.id for row in enabled} or self.stored is None:
            return chosen
        return self.stored.department_id

    def _remove_experience(self) -> None:
        rows = self.form.experiences.entries
        number = row_number(self.argument)
        if number is not None and number < len(rows):
            del rows[number]

    def _after_saving(self) -> Any:
        self._handle_attachment()
        has_problems = any(registration_form.problems(self.form))
        if self.action == "add_experience":
            if len(self.form.experiences) < experiences.MAX_EXPERIENCES:
                self.form.experiences.append_entry()
        elif not has_problems:
            if self.action in ("save", "remove_experience"):
                flash(_("草稿已保存，尚未提交。"), "success")
            return redirect(url_for("RegistrationView.index", _anchor=self._anchor()))
        if has_problems:
            flash(_("草稿已保存，但有内容无法识别，未保存这些项。请按提示更正。"), "warning")
        return self._again()

    def _anchor(self) -> str | None:
        return {
            "remove_experience": "experiences",
            "upload": "attachments",
            "remove_attachment": "attachments",
            "specialties": "practice",
        }.get(self.action)

    def _handle_attachment(self) -> None:
        try:
            if self.action == "upload":
                attachment.take(self.case_id)
                flash(_("附件已上传。"), "success")
            elif self.action == "remove_attachment" and (number := row_number(self.argument)):
                attachment.drop(self.case_id, number)
                flash(_("附件已删除。"), "success")
            db.session.commit()
        except (AttachmentRefused, registrations.RegistrationClosed) as refusal:
            db.session.rollback()
            self.form.attachment.errors = [refusal.message]
        self._reload()

    def _submit(self) -> Any:
        """Take the step in a transaction of its own: the draft stays when it is refused."""
        session = db.session()
        try:
            ASSESSMENT.fire(session, self.case_id, "submit", actor=acting(), at=now())
            session.commit()
        except StepRefused as refusal:
            session.rollback()
            self._reload()
            if registrations.editable_objection(self.case) is not None:
                flash(str(refusal.reason), "danger")
                return redirect(url_for("RegistrationView.index"))
            gaps = registrations.gaps(session, self.case)
            registration_form.mark(self.form, gaps)
            text = _("未提交：%(reason)s填写的内容已保存为草稿。", reason=str(refusal.reason))
            flash(text, "danger")
            return self._again()
        flash(_("提交成功，等待本机构审核。"), "success")
        return redirect(url_for("RegistrationView.index"))

    def _overtaken(self) -> Any:
        self._reload()
        self.form.version.data = str(self.stored.version if self.stored else 0)
        flash(str(_OVERTAKEN), "danger")
        return self._again()

    def _reload(self) -> None:
        session = db.session()
        self.case = session.get_one(Assessment, self.case_id)
        self.stored = registrations.find(session, participation_id=self.case.participation_id)

    def _again(self) -> Any:
        return registration_page.form(self.form, self.case, self.stored)


def physician_home() -> Any:
    """Draw the home page of the acting physician."""
    return registration_page.home()
