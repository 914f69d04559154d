"""What the physician's pages draw: home, the form of 考核报名, and the form once submitted."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.dashboards import home as homes
from app.dashboards import physician
from app.dashboards.registration_lights import SECTIONS, Light, lights
from app.enums import SimplifiedGround
from app.extensions import db
from app.models import Assessment, Participation, Registration
from app.operations import (
    attachments,
    conclusions,
    eligibility,
    experiences,
    portraits,
    registrations,
    remarks,
)
from app.operations.registrations import Gap
from app.queries import assessments, cycles
from app.views import actions, announcement_words, casefacts, casenotes, cells, registration_form
from app.views.base import acting, page
from app.views.clock import now, today
from app.workflows.assessment import ASSESSMENT
from app.workflows.offers import startable
from app.workflows.paper_gates import SITTING

_TITLE = _l("考核报名")


def home() -> str:
    """Draw where the physician stands, what comes next, who has it and until when."""
    session, actor = db.session(), acting()
    board = homes.board(session, actor=actor, at=now())
    desk = physician.desk(session, actor=actor)
    own = physician.own_institution(session, actor=actor)
    drawn: dict[str, Any] = {
        "schedule": board.schedule,
        "cycle_text": board.cycle_text,
        "contacts": [*([own] if own else []), *board.contacts],
        "closed_text": desk.why_closed,
        **announcement_words.panel(),
    }
    if desk.participation is not None:
        word = desk.case.status if desk.case is not None else desk.participation.status
        entries = assessments.trail_of(session, participation_id=desk.participation.id)
        drawn |= {
            "chip": cells.chip(word),
            "steps": _steps(0),
            "timeline": list(reversed(casefacts.timeline(entries))),
        }
    if desk.case is not None:
        drawn |= _case(desk.case)
    drawn["past"] = [_past(row) for row in physician.past(session, actor=actor, current=desk.cycle)]
    return page("registration/home.html", title=actor.name, page=drawn)


def closed(desk: physician.Desk) -> str:
    """Draw why there is nothing to fill in."""
    return page("registration/closed.html", title=_TITLE, page={"reason": desk.why_closed})


def form(drawn_form: Any, case: Assessment, stored: Registration | None) -> str:
    """Draw the form of a case, with whatever was typed and whatever is wrong with it."""
    gaps = registrations.gaps(db.session(), case)
    said = {row.field: row.text for row in case.remarks}
    registration_form.show_remarks(drawn_form, said)
    registration_form.show_origins(drawn_form, case, stored)
    drawn = {
        "form": drawn_form,
        "case_id": case.id,
        "remarks": said,
        "remark_links": _remark_links(said),
        "url": url_for("RegistrationView.index"),
        "sections": [
            (light.label, f"#{light.section}", light.missing + light.remarks or None, False)
            for light in lights(gaps if stored is not None else (), list(said))
        ],
        "headings": SECTIONS,
        "problems": list(registration_form.problems(drawn_form)),
        "gap_count": len(gaps) if stored is not None else None,
        "saved_at": cells.shown(stored.saved_at) if stored is not None else None,
        "identity": _identity(case),
        "portrait": _portrait(case),
        "carries_experiences": bool(
            stored and stored.experiences and "experiences" in (stored.carried or ())
        ),
        "licence": _licence(case),
        "grounds": [_ground(case, stored, ground) for ground in SimplifiedGround],
        "practice_years": eligibility.practice_years(case),
        "rules": cycles.rules(case.cycle),
        "attachments": case.participation.attachments,
        "most_files": attachments.MAX_FILES,
        "upload_url": url_for("AttachmentView.begin", participation_id=case.participation_id),
        "most_experiences": experiences.MAX_EXPERIENCES,
        "returned_reason": case.returned_reason,
        "submit_closed": _why_not_submit(case, gaps),
        "specialties_url": url_for("RegistrationView.specialties"),
    }
    return page("registration/form.html", title=_TITLE, page=drawn)


def submitted(case: Assessment) -> str:
    """Draw what was submitted, read only, and where it is now."""
    stored = registrations.find(db.session(), participation_id=case.participation_id)
    drawn = {
        "chip": cells.chip(case.status),
        "steps": _steps(0),
        "sections": [
            *casefacts.info(
                case,
                stored,
                reveal=False,
                has_portrait=portraits.exists(db.session(), case.physician_id),
            ),
            casenotes.conduct(case, stored),
            *casenotes.punished(case),
            *([casenotes.acts(case)] if case.disqualifying_acts else ()),
            *casefacts.work(case, stored),
            casefacts.outcome(case),
        ],
        **_case(case),
    }
    return page("registration/submitted.html", title=_TITLE, page=drawn)


def offer(drawn_form: Any, case: Assessment, *, department_id: int | None) -> None:
    """Set what the drop-downs of the form offer."""
    session = db.session()
    registration_form.offer(
        drawn_form,
        registration_form.Choices(
            registrations.enabled_departments(session, institution_id=case.institution_id),
            registrations.specialties(session, department_id=department_id),
            cycles.rules(case.cycle).provincial_grounds,
        ),
    )


def _remark_links(said: Mapping[str, str]) -> list[tuple[str, Any, str]]:
    """Give address, label and text of each remark, in the order of the form."""
    start = url_for("RegistrationView.index")
    return [
        (f"{start}#{name}", _(word), said[name])
        for name, word in remarks.FIELDS.items()
        if name in said
    ]


def _case(case: Assessment) -> dict[str, Any]:
    standing = physician.standing(db.session(), case, today=today())
    is_editable = registrations.editable_objection(case) is None
    return {
        "standing": standing,
        "steps": _steps(standing.step),
        "is_editable": is_editable,
        "result": cells.shown(case.result),
        "registration_url": url_for("RegistrationView.index"),
        "exam_url": url_for("SittingView.index") if case.status in SITTING else None,
        "result_url": _result_url(case),
        "button": _button(standing) if is_editable else _("查看报名信息"),
        "remark_links": _remark_links({row.field: row.text for row in case.remarks}),
        "actions": _own_steps(case),
        "lights": _lights(standing, case) if is_editable else [],
        "missing": [(f"#{gap.field.replace('.', '-')}", gap.message) for gap in standing.gaps],
    }


def _past(row: Participation) -> dict[str, Any]:
    """Give one earlier cycle in words."""
    case = row.assessment
    return {
        "cycle": f"{row.cycle.label}（{row.cycle.starts_on} – {row.cycle.last_day}）",
        "procedure": cells.shown(case.procedure) if case else "",
        "status": cells.shown(case.status if case else row.status),
        "result": cells.shown(case.result) if case else "",
        "url": _result_url(case) if case else None,
    }


def _result_url(case: Assessment) -> str | None:
    """Give where the physician reads the conclusion, its grounds and its papers."""
    found = conclusions.of_case(db.session(), case.id) if case.result is not None else None
    return url_for("HistoryView.result", pk=found.id) if found is not None else None


def _lights(standing: physician.Standing, case: Assessment) -> list[dict[str, Any]]:
    """Give the parts of the form with their state, each with its address."""
    if standing.registration is None:
        return []
    start = url_for("RegistrationView.index")
    found = lights(standing.gaps, [row.field for row in case.remarks])
    return [
        {
            "label": light.label,
            "url": f"{start}#{light.section}",
            "tone": light.tone,
            "word": _word(light),
        }
        for light in found
    ]


def _word(light: Light) -> str:
    if light.remarks:
        return _("有%(n)s条审核意见", n=light.remarks)
    return _("缺%(n)s项", n=light.missing) if light.missing else _("已填写")


def _own_steps(case: Assessment) -> list[actions.Action]:
    """Give 撤回 while the case waits for the institution, closed with the reason once it was opened."""
    offers = startable(ASSESSMENT, db.session(), case, actor=acting(), at=now())
    steps = actions.steps(ASSESSMENT.name, case.id, offers)
    return [one for one in steps if one.name == "take_back"]


def _button(standing: physician.Standing) -> str:
    if standing.returned_reason is not None:
        return _("修改后重新提交")
    return _("继续填写") if standing.registration is not None else _("开始填写")


def _steps(reached: int) -> list[dict[str, Any]]:
    def state(number: int) -> str:
        if number < reached:
            return "done"
        return "now" if number == reached else "todo"

    return [
        {"label": label, "state": state(number)} for number, label in enumerate(physician.STEPS)
    ]


def _portrait(case: Assessment) -> dict[str, Any]:
    has_one = portraits.exists(db.session(), case.physician_id)
    return {
        "src": url_for("PortraitView.see", pk=case.physician_id) if has_one else None,
        "url": url_for("PortraitView.upload"),
        "smallest": portraits.SMALLEST,
        "size": portraits.SIZE,
    }


def _identity(case: Assessment) -> casefacts.Facts:
    person = case.physician
    return [
        (_("姓名"), person.name),
        (_("性别"), person.sex.label),
        (_("证件类型"), person.id_type.label),
        (_("证件号码"), person.id_masked),
        (_("出生年月"), f"{person.birth_date:%Y-%m}"),
        (_("民族"), person.ethnic_group),
        (_("学历"), cells.shown(person.education)),
    ]


def _licence(case: Assessment) -> casefacts.Facts:
    person = case.physician
    return [
        (_("执业机构"), case.institution.name),
        (_("职称"), cells.shown(person.title)),
        (_("医师级别"), person.level.label),
        (_("执业类别"), person.category.label),
        (_("执业范围"), person.practice_scope),
        (_("执业证取得时间"), cells.shown(person.licensed_on)),
    ]


def _ground(
    case: Assessment, stored: Registration | None, ground: SimplifiedGround
) -> dict[str, Any]:
    return {
        "closed": eligibility.years_objection(case, ground),
        "lacking": eligibility.conduct_objection(ground, stored),
    }


def _why_not_submit(case: Assessment, gaps: Sequence[Gap]) -> Any:
    """Say why 提交 is closed whatever is typed: the window, not what is still missing."""
    offers = ASSESSMENT.available(db.session(), case, actor=acting(), at=now())
    reason = next((one.closed_reason for one in offers if one.action == "submit"), None)
    if reason is None or (gaps and str(reason) == str(gaps[0].message)):
        return None
    return reason
