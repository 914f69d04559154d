"""Announcements of the demo, and what its people have read: the messages came with their steps."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import update

from app.demo.province import Country, Site
from app.enums import Audience
from app.models import Announcement, Message
from app.operations import announcements
from app.security.actor import acting_as, unscoped

READ_AFTER = timedelta(days=23)


@dataclass(frozen=True)
class News:
    """One announcement: days ago, the office's code, for whom; ``is_draft`` stays unpublished."""

    days: int
    office: str
    title: str
    body: str
    audience: Audience = Audience.ALL
    must_read: bool = False
    is_draft: bool = False


_NEWS = (
    News(
        59,
        "140000",
        "关于开展第02周期医师定期考核工作的通知",
        "各市、县卫生健康行政部门，各医疗卫生机构、考核机构：\n\n"
        "第02周期医师定期考核工作现已启动。请各医疗卫生机构核对科室和医师信息，"
        "按时确认参加考核的医师；请各位医师在“医师报审申报时间”内如实填报并提交。\n\n"
        "考核安排见首页。工作中的问题，请向所属卫生健康行政部门反映。",
    ),
    News(
        59,
        "610000",
        "关于开展第03周期医师定期考核工作的通知",
        "全省第03周期医师定期考核工作现已启动，请各单位按照首页的考核安排认真组织实施。",
    ),
    News(
        12,
        "140000",
        "考核机构复核工作提示",
        "复核时请逐项核对工作业绩和职业道德评定意见；给出“不合格”意见的，须写明依据。",
        audience=Audience.AGENCIES,
    ),
    News(
        6,
        "140403",
        "关于做好报名信息审核工作的通知",
        "各医疗卫生机构：\n\n"
        "近期抽查发现，部分单位审核意见过于简单，个别材料未经核实。请各单位：\n\n"
        "一、对照病案系统和人事档案逐人核实工作业绩；\n"
        "二、驳回时写明需要修改的内容，便于医师一次改好；\n"
        "三、在“报名信息审核时间”截止前完成全部审核。\n\n"
        "本通知须由各单位经办人阅读并确认。",
        audience=Audience.INSTITUTIONS,
        must_read=True,
    ),
    News(
        4,
        "140213",
        "提醒各位医师按时提交考核报名信息",
        "尚未提交报名信息的医师，请尽快填写。保存草稿不等于提交，提交后方可进入审核。",
        audience=Audience.PHYSICIANS,
    ),
    News(
        1,
        "140000",
        "关于组织测评的通知（征求意见稿）",
        "测评的时间、地点和科目另行通知。",
        is_draft=True,
    ),
)


def announce(country: Country, readers: list[Site]) -> None:
    """Publish what was announced; the clerks of ``readers`` have read the first of it."""
    session = country.session
    published: list[Announcement] = []
    for minutes, news in enumerate(_NEWS):
        actor, at = country.actors[news.office], country.moment(news.days, minutes)
        with acting_as(actor):
            row = announcements.draft(
                session,
                title=news.title,
                body=news.body,
                audience=news.audience,
                must_read=news.must_read,
                actor=actor,
                at=at,
            )
            if not news.is_draft:
                announcements.publish(session, row, actor=actor, at=at + timedelta(minutes=20))
        published.append(row)
    for minutes, site in enumerate(readers):
        at = country.moment(57, 7 * minutes)
        with acting_as(site.clerk):
            announcements.confirm(session, published[0], actor=site.clerk, at=at)


def read_old_messages(country: Country) -> None:
    """Let everybody have read what is old."""
    with unscoped("the demo plays the part of every reader"):
        country.session.execute(
            update(Message)
            .where(Message.created_at < country.at - READ_AFTER)
            .values(read_at=Message.created_at)
            .execution_options(synchronize_session=False)
        )
