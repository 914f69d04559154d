"""What the physician's pages 免考申请 and 延考申请 share: a draft with evidence, then 提交申请."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.dashboards import physician
from app.extensions import db
from app.models import Assessment
from app.operations import attachments, side_cases
from app.operations.attachments import AttachmentRefused
from app.operations.side_cases import RequestClosed
from app.queries import assessments
from app.views import actions, casefacts, cells
from app.views.base import PageView, acting, expose, page, protected
from app.views.clock import now
from app.views.converter import DynamicForm
from app.views.rownumbers import row_number
from app.workflows.engine import StepRefused


class RequestView(PageView):
    """One request of one case; a subclass names the model, the workflow and the form."""

    model: Any
    workflow: Any
    title: Any
    about: Any
    fields: Sequence[str]

    def form_of(self, case: Assessment, stored: Any, *, is_posted: bool) -> DynamicForm:
        """Make the form with what was sent, else with what is stored."""
        raise NotImplementedError

    def case_closed(self, case: Assessment) -> Any:
        """Say why nothing can be asked for now, or None."""
        raise NotImplementedError

    def gaps(self, case: Assessment, stored: Any) -> Sequence[Any]:
        """List what is missing of a stored request."""
        raise NotImplementedError

    def facts(self, stored: Any) -> casefacts.Facts:
        """Give what was asked for, once it can no longer be changed."""
        raise NotImplementedError

    @expose("/", methods=["GET", "POST"])
    @protected("use")
    def index(self) -> Any:
        """Draw the request, or take what was typed."""
        desk = physician.desk(db.session(), actor=acting())
        if desk.case is None:
            return page(
                "registration/closed.html", title=self.title, page={"reason": desk.why_closed}
            )
        stored = side_cases.of_case(db.session(), self.model, case_id=desk.case.id)
        if request.method == "POST":
            return self._take(desk.case, stored)
        return self._draw(desk.case, stored, self.form_of(desk.case, stored, is_posted=False))

    def _take(self, case: Assessment, stored: Any) -> Any:
        form = self.form_of(case, stored, is_posted=True)
        action, _colon, argument = request.form.get("action", "save").partition(":")
        if not form.validate():
            return self._draw(case, stored, form)
        try:
            self._store(case, form, action, argument)
            db.session.commit()
        except AttachmentRefused as refusal:
            db.session.rollback()
            form.attachment.errors = [refusal.message]
            return self._draw(*self._again(case), form)
        except RequestClosed as closed:
            db.session.rollback()
            flash(str(closed.message), "danger")
            return redirect(self._here())
        except (IntegrityError, StaleDataError):
            db.session.rollback()
            flash(_("该申请刚才已在别处修改过，请核对后再保存。"), "danger")
            return self._draw(*self._again(case), form)
        if action == "submit":
            return self._submit(case, form)
        flash(_("草稿已保存，尚未提交。"), "success")
        return redirect(self._here())

    def _store(self, case: Assessment, form: Any, action: str, argument: str) -> None:
        session, actor, at = db.session(), acting(), now()
        row = side_cases.open_draft(session, self.model, case, at=at)
        side_cases.save(row, {name: form[name].data or None for name in self.fields})
        sent = request.files.get("attachment")
        if sent is not None and sent.filename:
            attachments.store_evidence(
                session,
                row,
                filename=sent.filename,
                content=sent.read(attachments.MAX_BYTES + 1),
                actor=actor,
                at=at,
            )
        elif action == "upload":
            raise AttachmentRefused(_("没有上传：未选择文件或文件为空。请选择文件后再上传。"))
        if action == "remove" and (number := row_number(argument)):
            attachments.remove_evidence(session, row, attachment_id=number, actor=actor, at=at)

    def _submit(self, case: Assessment, form: Any) -> Any:
        """Take the step in a transaction of its own: the draft stays when it is refused."""
        session = db.session()
        case, stored = self._again(case)
        try:
            self.workflow.fire(session, stored.id, "submit", actor=acting(), at=now())
            session.commit()
        except StepRefused as refusal:
            session.rollback()
            case, stored = self._again(case)
            for gap in self.gaps(case, stored):
                form[gap.field].errors = [gap.message]
            flash(
                _("未提交：%(reason)s填写的内容已保存为草稿。", reason=str(refusal.reason)),
                "danger",
            )
            return self._draw(case, stored, form)
        flash(_("提交成功，等待本机构审核。"), "success")
        return redirect(self._here())

    def _again(self, case: Assessment) -> tuple[Assessment, Any]:
        session = db.session()
        session.expire_all()
        found = session.get_one(Assessment, case.id)
        return found, side_cases.of_case(session, self.model, case_id=found.id)

    def _here(self) -> str:
        return url_for(f"{self.endpoint}.index")

    def _draw(self, case: Assessment, stored: Any, form: Any) -> str:
        is_draft = stored is None or stored.status in side_cases.DRAFTS
        offers = []
        if stored is not None:
            offers = self.workflow.available(db.session(), stored, actor=acting(), at=now())
        drawn = {
            "form": form if is_draft else None,
            "fields": self.fields,
            "about": self.about,
            "chip": cells.chip(stored.status if stored is not None else self.workflow.initial),
            "returned_reason": stored.returned_reason if stored is not None else None,
            "closed": self.case_closed(case) if is_draft else None,
            "facts": self.facts(stored) if not is_draft else [],
            "attachments": files(stored.attachments if stored is not None else ()),
            "most_files": attachments.MAX_FILES,
            "actions": [
                one
                for one in actions.steps(self.workflow.name, stored.id if stored else 0, offers)
                if one.name == "withdraw" and not one.closed_reason
            ],
            "timeline": self._timeline(case),
            "url": self._here(),
        }
        return page("side_case/form.html", title=self.title, page=drawn)

    def _timeline(self, case: Assessment) -> list[dict[str, Any]]:
        entries = assessments.trail_of(db.session(), participation_id=case.participation_id)
        mine = [entry for entry in entries if entry.subject == self.workflow.name]
        return list(reversed(casefacts.timeline(mine)))


def files(rows: Iterable[Any], endpoint: str = "AttachmentView.download") -> list[dict[str, Any]]:
    """Give what the template draws of files, each with its address."""
    return [
        {
            "id": row.id,
            "filename": row.filename,
            "size": row.size,
            "url": url_for(endpoint, pk=row.id),
        }
        for row in rows
    ]
