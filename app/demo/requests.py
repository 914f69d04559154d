"""What the demo's people ask for beside the cases: 免考, 延考 and 申请考核机构, with evidence."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.demo.cases import Hired
from app.demo.pictures import picture
from app.demo.province import Country, Site
from app.enums import Role
from app.models import Assessment, Deferral, Exemption, Identity, Physician
from app.operations import agency_applications, attachments, mentorships, side_cases
from app.operations.mentorships import Period
from app.periods import local_day
from app.queries import cycles
from app.security.actor import Actor, acting_as, unscoped
from app.workflows.agency_application import AGENCY_APPLICATION
from app.workflows.deferral import DEFERRAL
from app.workflows.exemption import EXEMPTION

ASKED_DAYS, _REVIEWED_DAYS, _APPROVED_DAYS = 12, 9, 6
_REFUSED = "上传的证书看不清姓名和编号，请重新拍照后提交。"
_EXEMPTIONS = ("waiting", "reviewed", "waiting", "refused")
"""How far the exemptions of a hospital's first physicians before the exam have come."""


def play(country: Country, hired: Sequence[Hired]) -> None:
    """Let physicians before the exam ask for 免考, and the deferred ones have asked for 延考."""
    by_site: dict[int, list[Hired]] = defaultdict(list)
    for one in hired:
        if one.story.name == "awaiting_exam":
            by_site[one.site.row.id].append(one)
        if one.story.name == "deferred":
            _defer(country, one, is_approved=True)
    for people in by_site.values():
        for one, progress in zip(people, _EXEMPTIONS, strict=False):
            _exempt(country, one, progress)
        for one in people[len(_EXEMPTIONS) :][:1]:
            _defer(country, one, is_approved=False)


def apply(country: Country, sites: Sequence[Site]) -> None:
    """Open 申请考核机构 to the first hospital, and let the last one have applied (manual 1.4)."""
    by_id = {site.row.id: site for site in sites}
    known = [by_id[key] for key in sorted(by_id)]
    with unscoped("the demo plays the part of the authority"):
        for site in (known[0], known[-1]):
            site.row.may_apply_as_agency = True
        country.session.flush()  # inside the lifted scope
    _apply(country, known[-1])


def mentor(country: Country, hired: Sequence[Hired]) -> None:
    """Let the first hospital supervise two physicians before a makeup, one of whom asks to amend."""
    found = [one for one in hired if one.story.name == "awaiting_makeup"][:2]
    for number, one in enumerate(found):
        today, at = local_day(country.at), country.moment(ASKED_DAYS)
        period = Period(
            supervisor="贺长青",
            host_department="急诊科",
            started_on=today - timedelta(days=20),
            ended_on=today + timedelta(days=10),
        )
        clerk = one.site.clerk
        with acting_as(clerk):
            row = mentorships.create(
                country.session,
                country.session.get_one(Physician, one.physician_id),
                period,
                log="每周三、周五跟班，参加急诊抢救和病例讨论。",
                evaluation=None,
                actor=clerk,
                at=at,
            )
        if number == 0:
            who, _case = person_of(country, one)
            with acting_as(who):
                mentorships.ask_change(
                    country.session,
                    row,
                    replace(period, started_on=today - timedelta(days=22)),
                    reason="实际从周一开始跟班，登记晚了两天。",
                    actor=who,
                    at=country.moment(_REVIEWED_DAYS),
                )


def _apply(country: Country, site: Site) -> None:
    session, at = country.session, country.moment(ASKED_DAYS)
    with acting_as(site.clerk):
        cycle = cycles.current(session, province_id=site.row.province_id)
        if cycle is None:
            raise RuntimeError("the demo applies after its cycle was opened")
        row = agency_applications.open_draft(session, site.row, cycle, at=at)
        row.note = "附件为盖章的申请表。"
        agency_applications.store_file(
            session, row, filename="申请表.png", content=picture(site.row.id), at=at
        )
    fire(country, AGENCY_APPLICATION, row.id, "submit", site.clerk, days=ASKED_DAYS)


def _exempt(country: Country, one: Hired, progress: str) -> None:
    who, case = person_of(country, one)
    rules = cycles.rules(case.cycle)
    request = _begin(
        country,
        Exemption,
        case,
        who,
        {
            "ground": rules.exemption_grounds[0],
            "certificate_on": case.cycle.starts_on + timedelta(days=7),
            "note": "证书复印件见附件，原件可备查。",
        },
    )
    fire(country, EXEMPTION, request.id, "submit", who, days=ASKED_DAYS)
    if progress == "reviewed":
        fire(country, EXEMPTION, request.id, "institution_pass", one.site.clerk)
    if progress == "refused":
        clerk = one.site.clerk
        fire(country, EXEMPTION, request.id, "institution_reject", clerk, comment=_REFUSED)


def _defer(country: Country, one: Hired, *, is_approved: bool) -> None:
    who, case = person_of(country, one)
    today = local_day(country.at)
    request = _begin(
        country,
        Deferral,
        case,
        who,
        {
            "ground": cycles.rules(case.cycle).deferral_grounds[0],
            "hindered_from": today - timedelta(days=10),
            "hindered_until": today + timedelta(days=20),
            "note": "因病住院，诊断证明见附件。",
        },
    )
    fire(country, DEFERRAL, request.id, "submit", who, days=ASKED_DAYS)
    if is_approved and one.site.agency is not None:
        fire(country, DEFERRAL, request.id, "institution_pass", one.site.clerk)
        fire(
            country,
            DEFERRAL,
            request.id,
            "agency_approve",
            one.site.agency,
            days=_APPROVED_DAYS,
            facts=min(today + timedelta(days=60), case.cycle.last_day),
        )


def person_of(country: Country, one: Hired) -> tuple[Actor, Assessment]:
    """Give a physician as an actor, and the physician's case."""
    with unscoped("the demo plays the part of every physician"):
        identity = country.session.scalars(
            select(Identity).where(Identity.physician_id == one.physician_id)
        ).one()
        case = country.session.scalars(
            select(Assessment).where(Assessment.physician_id == one.physician_id)
        ).one()
    actor = replace(
        one.site.clerk,
        role=Role.PHYSICIAN,
        name=one.person.name,
        account_id=identity.account_id,
        identity_id=identity.id,
        physician_id=one.physician_id,
    )
    return actor, case


def _begin(
    country: Country, model: Any, case: Assessment, who: Actor, values: dict[str, Any]
) -> Any:
    session, at = country.session, country.moment(ASKED_DAYS)
    with acting_as(who):
        request = side_cases.open_draft(session, model, case, at=at)
        side_cases.save(request, values)
        attachments.store_evidence(
            session, request, filename="证明.png", content=picture(case.id), actor=who, at=at
        )
    return request


def fire(
    country: Country,
    workflow: Any,
    pk: int,
    action: str,
    actor: Actor,
    *,
    days: int = _REVIEWED_DAYS,
    comment: str | None = None,
    facts: Any = None,
) -> None:
    """Take one step on a request, some days ago."""
    with acting_as(actor):
        workflow.fire(
            country.session,
            pk,
            action,
            actor=actor,
            at=country.moment(days, pk % 60 + 1),
            comment=comment,
            facts=facts,
        )
