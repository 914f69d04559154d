"""Which step tells whom: one table from (workflow, step) to messages, asked by the engine.

No message is written for work that the home page counts (a submitted case of a clerk of 800
physicians); a message is for who waits for a decision, or gets back what seemed done.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import N_, MessageKind, Role
from app.models import (
    Account,
    AgencyApplication,
    Appointment,
    Assessment,
    Participation,
)
from app.operations import notice_people as people
from app.operations.messages import tell
from app.operations.notice import Notice
from app.operations.notice_people import To
from app.operations.notice_requests import OF_DECIDED, OF_PENALTIES, OF_REQUESTS
from app.operations.notice_results import OF_RESULTS, RESULT
from app.queries.among import among
from app.security.actor import unscoped

_REGISTRATION = "/registration/"
_CASE = people.physicians_of(Assessment)
_SEAT = people.physicians_of(Participation)
_K = MessageKind
_REASON = N_("原因：%(reason)s")


def _returned(title: str, body: str) -> tuple[Notice, ...]:
    return (Notice(kind=_K.RETURNED, title=title, body=body, to=_CASE, link=_REGISTRATION),)


def _progress(title: str, body: str) -> tuple[Notice, ...]:
    return (Notice(kind=_K.PASSED, title=title, body=body, to=_CASE, link="/"),)


def _entrusted(to: To) -> Notice:
    return Notice(
        kind=_K.APPOINTMENT,
        title=N_("受委托的医疗卫生机构有变动"),
        body=N_("卫生行政部门调整了由本机构考核的医疗卫生机构，请查看名单。"),
        to=to,
        link="/entrusted/list/",
        is_daily=True,
    )


NOTICES: Mapping[tuple[str, str], tuple[Notice, ...]] = {
    ("assessment", "institution_reject"): _returned(
        N_("报名信息被医疗卫生机构驳回"), N_("请修改后重新提交。驳回原因：%(reason)s")
    ),
    ("assessment", "agency_reject"): _returned(
        N_("报名信息被考核机构驳回"), N_("请修改后重新提交。驳回原因：%(reason)s")
    ),
    ("assessment", "agency_not_simplified"): _returned(
        N_("考核机构认定不符合简易程序"), N_("请改按一般程序填报后重新提交。原因：%(reason)s")
    ),
    ("assessment", "authority_return"): _returned(
        N_("报名信息被卫生行政部门驳回"), N_("请修改后重新提交。驳回原因：%(reason)s")
    ),
    ("assessment", "institution_submit"): _progress(
        N_("医疗卫生机构已审核您的报名信息"), N_("已提交考核机构，等待复核。")
    ),
    ("assessment", "agency_pass"): _progress(
        N_("考核机构复核已通过"), N_("请在测评时间内参加测评。")
    ),
    ("assessment", "agency_pass_without_paper"): _progress(
        N_("考核机构复核已通过"), N_("您的考核程序不需要测评，等待认定考核结果。")
    ),
    ("assessment", "agency_confirm_fail"): RESULT,
    ("assessment", "agency_return"): (
        Notice(
            kind=_K.RETURNED,
            title=N_("考核机构退回了一份报名信息"),
            body=N_("请补充后重新提交。退回原因：%(reason)s"),
            to=people.clerks_of(Assessment, Role.INSTITUTION, "institution_id"),
            link="/progress/case/{id}",
        ),
    ),
    ("assessment", "defer"): _progress(N_("延期考核已批准"), N_("请等待延考场次的通知。")),
    ("assessment", "resume"): _progress(N_("延考场次已开始"), N_("请在测评时间内参加测评。")),
    ("assessment", "resume_makeup"): _progress(
        N_("延考场次已开始"), N_("请在测评时间内参加补考。")
    ),
    ("assessment", "papers_failed"): _progress(N_("测评未合格"), N_("请在测评时间内参加补考。")),
    **OF_RESULTS,
    **OF_REQUESTS,
    **OF_PENALTIES,
    **OF_DECIDED,
    ("agency_application", "submit"): (
        Notice(
            kind=_K.APPOINTMENT,
            title=N_("有医疗卫生机构申请考核机构"),
            body=N_("请在考核机构审批中办理。"),
            to=people.superiors_of_applicants,
            link="/agency-applications/case/{id}",
        ),
    ),
    ("agency_application", "grant"): (
        Notice(
            kind=_K.APPOINTMENT,
            title=N_("考核机构申请已通过"),
            body=N_("可用页眉的【切换】以考核机构身份办理。"),
            to=people.clerks_of(AgencyApplication, Role.INSTITUTION, "institution_id"),
            link="/agency-application/",
        ),
    ),
    ("agency_application", "reject"): (
        Notice(
            kind=_K.RETURNED,
            title=N_("考核机构申请被驳回"),
            body=_REASON,
            to=people.clerks_of(AgencyApplication, Role.INSTITUTION, "institution_id"),
            link="/agency-application/",
        ),
    ),
    ("participation", "confirm"): (
        Notice(
            kind=_K.TAKING_PART,
            title=N_("您已被确认参加本周期考核"),
            body=N_("请填写考核报名信息并提交。"),
            to=_SEAT,
            link=_REGISTRATION,
        ),
    ),
    ("participation", "withdraw"): (
        Notice(
            kind=_K.TAKING_PART,
            title=N_("您参加本周期考核已被取消"),
            body=N_("已填写的报名信息会保留。如有疑问，请联系本机构。"),
            to=_SEAT,
            link="/",
        ),
    ),
    ("participation", "leave"): (
        Notice(
            kind=_K.TAKING_PART,
            title=N_("您已被登记为离岗"),
            body=N_("离岗期间不参加本周期考核。如有疑问，请联系本机构。"),
            to=_SEAT,
            link="/",
        ),
    ),
    ("appointment", "appoint"): (
        Notice(
            kind=_K.APPOINTMENT,
            title=N_("已为本机构指派考核机构"),
            body=N_("考核机构及其联系方式可在首页查看。"),
            to=people.clerks_of(Appointment, Role.INSTITUTION, "institution_id"),
            link="/",
        ),
        _entrusted(people.clerks_of(Appointment, Role.AGENCY, "agency_id")),
    ),
    ("appointment", "withdraw"): (
        Notice(
            kind=_K.APPOINTMENT,
            title=N_("本机构的考核机构指派已取消"),
            body=_REASON,
            to=people.clerks_of(Appointment, Role.INSTITUTION, "institution_id"),
            link="/",
        ),
        _entrusted(people.clerks_of(Appointment, Role.AGENCY, "agency_id")),
    ),
    ("appointment", "replaced"): (_entrusted(people.clerks_of_agencies),),  # ids are agencies
    ("cycle", "open"): (
        Notice(
            kind=_K.CYCLE,
            title=N_("新的考核周期已开放"),
            body=N_("请在首页查看考核安排，并按时办理。"),
            to=people.clerks_of_province,
            link="/",
        ),
    ),
    ("account", "reset_password"): (
        Notice(
            kind=_K.ACCOUNT,
            title=N_("您的密码已被重置"),
            body=N_("由%(body)s重置。如非您本人或单位申请，请立即联系上级单位。"),
            to=lambda session, ids: select(Account.id).where(among(session, Account.id, ids)),
            link="/password/change",
        ),
    ),
}


def follow(
    session: Session,
    workflow: str,
    action: str,
    *,
    ids: Sequence[int],
    at: datetime,
    parameters: Mapping[str, Any],
) -> int:
    """Tell whoever waits for this step of these rows; returns how many messages were written.

    One statement for the messages and one for the mails of each notice, however many rows.
    A step without a notice costs nothing.
    """
    found = NOTICES.get((workflow, action), ())
    if not found or not ids:
        return 0
    session.flush()  # under the caller's own scope, which is lifted below
    with unscoped("who waits for a step is told, whoever takes it"):
        return sum(
            tell(
                session,
                one.to(session, ids),
                at=at,
                kind=one.kind,
                title=one.title,
                body=one.body,
                parameters=parameters,
                link=one.link.format(id=ids[0]),
                once=f"{workflow}:{at:%Y%m%d}" if one.is_daily else None,
            )
            for one in found
        )
