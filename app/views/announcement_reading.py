"""阅读情况: who has confirmed the announcements of one's own office."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.enums import Role
from app.extensions import db
from app.models import Announcement, AnnouncementReading
from app.queries.listing import Column, Listing
from app.views.base import EntityView, Interface, acting
from app.views.filters import Filter, one_of, starts_with
from app.views.rownumbers import row_number

MOST = 200


class AnnouncementReadingView(EntityView):
    """Pages of the confirmations, the latest first."""

    datamodel = Interface(AnnouncementReading)
    route_base = "/announcement-readings"
    name = _l("阅读情况")
    group = _l("公告")
    abilities = frozenset({"list", "export"})
    page_size = 20

    def listing(self) -> Listing:
        """Give who has read what the own office announced; what oneself has read is not asked."""
        r = AnnouncementReading
        return Listing(
            anchor=r,
            columns=(
                Column(name="title", label=_l("公告"), expression=Announcement.title),
                Column(name="who", label=_l("姓名"), expression=r.reader_name),
                Column(name="role", label=_l("角色"), expression=r.reader_role),
                Column(name="body", label=_l("单位"), expression=r.reader_body),
                Column(name="at", label=_l("阅读时间"), expression=r.read_at, sort=True),
            ),
            details=lambda s: s.join(
                Announcement, Announcement.id == AnnouncementReading.announcement_id
            ),
            criteria=(r.account_id != acting().account_id,),
            order=(r.id.desc(),),
        )

    def filters(self) -> Any:
        """Filter by announcement, reader's name, body and role."""
        r = AnnouncementReading
        return (
            Filter(
                name="announcement", label=_l("公告"), kind="choice", choices=_own,
                build=lambda value: r.announcement_id == (row_number(value) or 0),
            ),
            Filter(name="who", label=_l("姓名"), kind="text", build=starts_with(r.reader_name)),
            Filter(name="body", label=_l("单位"), kind="text", build=starts_with(r.reader_body)),
            Filter(
                name="role", label=_l("角色"), kind="choice", build=one_of(r.reader_role, Role),
                choices=Role.choices,
            ),
        )  # fmt: skip


def _own() -> list[tuple[str, str]]:
    rows = db.session.execute(
        select(Announcement.id, Announcement.title)
        .where(
            Announcement.authority_id == acting().authority_id,
            Announcement.published_at.is_not(None),
        )
        .order_by(Announcement.id.desc())
        .limit(MOST)
    )
    return [(str(pk), title) for pk, title in rows]
