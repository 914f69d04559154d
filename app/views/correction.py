"""更正申请: the physician's page, and the institution's queue."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response
from wtforms import FileField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.enums import CorrectedField, Vocabulary
from app.exchange.physician_columns import PHYSICIAN_COLUMNS, check_facts
from app.exchange.physician_facts import PhysicianFacts
from app.extensions import db
from app.models import Correction, Physician
from app.operations import attachments, corrections
from app.operations.corrections import NUMBERS, CorrectionRefused
from app.queries.listing import Column
from app.security.id_numbers import mask_id_number
from app.views import casefacts, cells, sendfile
from app.views.actions import Action, link, post
from app.views.base import Interface, acting, expose, protected
from app.views.clock import now, today
from app.views.converter import VocabularyField
from app.views.decided_requests import DecidedRequestView, asked, why
from app.views.own_requests import OwnRequestsView, oneself
from app.views.registration_fields import OnSubmit
from app.workflows.correction import CORRECTION
from app.workflows.engine import COMMENT_MISSING, Text

_NAMES = {column.attribute for column in PHYSICIAN_COLUMNS if column.attribute}


class CorrectionForm(FlaskForm):
    """What is wrong, what it should be, why, and the proof."""

    field = VocabularyField(
        _l("更正项目"), CorrectedField, validators=[InputRequired(_l("请选择。"))]
    )
    value = StringField(
        _l("更正为"),
        [InputRequired(_l("请填写。")), Length(max=255)],
        description=_l(
            "日期如2024-05-10；性别、医师级别、执业类别请填写汉字，如“男”“执业医师”“临床”。"
        ),
        render_kw={"maxlength": 255, "autocomplete": "off"},
    )
    reason = TextAreaField(
        _l("更正理由"),
        [InputRequired(_l("请填写更正理由。")), Length(max=500)],
        render_kw={"rows": 3, "maxlength": 500},
    )
    attachment = FileField(
        _l("证明材料"),
        [OnSubmit()],
        description=_l("PDF、JPEG或PNG，不超过5MB，如身份证、资格证书、执业证书。"),
    )


def checked(person: Physician, field: CorrectedField, text: str) -> Any:
    """Judge the new value among the person's other facts, as the roster would.

    :raises CorrectionRefused: it is none, or does not agree with the others.
    """
    name = corrections.attribute(field)
    texts = {known: _typed(person, known) for known in _NAMES} | {name: text}
    if field is CorrectedField.ID_NUMBER:
        texts |= {"sex": "", "birth_date": "", "qualification_code": ""}  # they follow from it
    found = check_facts(texts, today=today())
    if isinstance(found, PhysicianFacts):
        return getattr(found, name)
    message = found.get(name) or next(iter(found.values()))
    raise CorrectionRefused(message, field="value")


def _typed(person: Physician, name: str) -> object:
    value = person.department.name if name == "department_name" else getattr(person, name)
    return value.value if isinstance(value, Vocabulary) else value


def _shown(field: CorrectedField, text: str | None, *, is_revealed: bool = False) -> Any:
    if text and field in NUMBERS:
        return text if is_revealed else mask_id_number(text)
    return cells.shown(corrections.from_text(field, text))


class OwnCorrectionView(OwnRequestsView):
    """A physician's own requests."""

    route_base = "/correction"
    model = Correction
    workflow = CORRECTION
    title = _l("更正申请")
    about = _l(
        "姓名、证件号码等身份和执业注册信息有误时，在此申请更正，由本机构核对证明材料后办理。"
    )
    form_class = CorrectionForm
    has_file = True
    sent_text = _l("提交成功，等待本机构审核。")

    def closed(self) -> Text | None:
        """Send the physician of a linked province to the registry."""
        return corrections.closed(db.session(), oneself())

    def ask(self, form: Any) -> None:
        """Store a request with its proof."""
        person = oneself()
        sent = request.files.get("attachment")
        corrections.ask(
            db.session(),
            person,
            field=form.field.data,
            value=checked(person, form.field.data, form.value.data.strip()),
            reason=form.reason.data.strip(),
            filename=(sent.filename or "") if sent else "",
            content=sent.read(attachments.MAX_BYTES + 1) if sent else b"",
            actor=acting(),
            at=now(),
        )

    def facts(self, row: Any) -> casefacts.Facts:
        """Give old and new."""
        return [
            (_("更正项目"), row.field.label),
            (_("现有信息"), _shown(row.field, row.old_value)),
            (_("更正为"), _shown(row.field, row.value)),
            (_("更正理由"), row.reason),
        ]

    def links(self, row: Any) -> Sequence[Action]:
        """Give the proof."""
        return [link("download", row.filename, url_for("CorrectionView.file", pk=row.id))]


class CorrectionView(DecidedRequestView):
    """What waits for the institution."""

    datamodel = Interface(Correction)
    route_base = "/corrections"
    name = _l("更正申请审核")
    group = _l("医师管理")
    model = Correction
    workflow = CORRECTION

    def columns_of_request(self) -> Sequence[Column]:
        """Say which fact is asked about."""
        return (
            Column(name="field", label=_l("更正项目"), expression=Correction.field),
            asked(Correction),
        )

    def sections(self, found: Any, *, is_revealed: bool = False) -> Sequence[casefacts.Section]:
        """Give old and new side by side, with the proof."""
        proof = link("download", found.filename, self._url("file", found.id))
        links = [proof]
        if found.field in NUMBERS and not is_revealed and self.may("reveal"):
            links.append(
                post(
                    "reveal",
                    _("查看完整号码"),
                    self._url("reveal", found.id),
                    needs_reason=True,
                    reason_label=_("查看完整号码的原因"),
                )
            )
        row = [
            found.field.label,
            _shown(found.field, found.old_value, is_revealed=is_revealed),
            _shown(found.field, found.value, is_revealed=is_revealed),
        ]
        headers = [_("更正项目"), _("现有信息"), _("更正为")]
        table = casefacts.Table(headers=headers, rows=[row])
        return [
            casefacts.Section(heading=_("更正内容"), tables=[table], links=links),
            why(found, _("更正理由"), found.reason),
        ]

    @expose("/reveal/<int:pk>", methods=["POST"])
    @protected("reveal")
    def reveal(self, pk: int) -> Any:
        """Show the numbers in full, once, and write down who looked and why."""
        found = self.found(pk)
        reason = (request.form.get("comment") or "").strip()[:500]
        if not reason:
            flash(str(COMMENT_MISSING), "danger")
            return redirect(self._url("case", pk))
        corrections.log_reveal(db.session(), found, reason=reason, actor=acting(), at=now())
        db.session.commit()
        return self.draw(found, sections=self.sections(found, is_revealed=True))

    @expose("/file/<int:pk>")
    @protected("download")
    def file(self, pk: int) -> Response:
        """Send the proof as something to be saved."""
        found = db.session.get(Correction, pk)
        if found is None:
            raise NotFound
        return sendfile.attachment(found, corrections.opened(found))
