"""监考管理: the manual's list of sittings, and each with its pictures and events on a time line."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.enums import MarkReason, MarkStatus
from app.extensions import db
from app.models import AnswerSheet, Sitting, Snapshot
from app.operations import papers, portraits, sitting_events, snapshots
from app.queries import side_cases
from app.queries.listing import Column, Listing, Tab
from app.views import actions, cells, reading, sitting_list
from app.views.actions import Action, link
from app.views.base import EntityView, Interface, acting, expose, page, protected
from app.views.clock import now
from app.views.converter import DynamicForm, VocabularyField
from app.views.filters import Filter
from app.views.pictures import picture
from app.views.sitting_list import AGE, AREA, ID_NUMBER, INSTITUTION, NAME, PAPER, PROCEDURE
from app.views.steps import take_typed
from app.workflows import proctoring
from app.workflows.proctoring import PROCTORING

_SEEN = {"1": _l("已查看"), "0": _l("未查看")}


_NUMBER = select(func.count(Snapshot.id)).where(Snapshot.sitting_id == Sitting.id)
_PHOTOS = (
    Column(name="photos", label=_l("监考照片"), expression=_NUMBER.scalar_subquery(), css="num"),
)
"""For those who may look at them."""


class MarkForm(DynamicForm):
    """What a mark needs besides its explanation."""

    mark_reason = VocabularyField(_l("标记原因"), MarkReason)


def _seen(viewed_at: datetime | None) -> str:
    return _("已查看") if viewed_at is not None else _("未查看")


class ProctoringView(EntityView):
    """The sittings of the current cycle that have ended."""

    datamodel = Interface(Sitting)
    route_base = "/proctoring"
    name = _l("监考管理")
    group = _l("进度管理")
    abilities = frozenset({"list", "export"})

    def listing(self) -> Listing:
        """Give the manual's columns."""
        s = Sitting
        return Listing(
            anchor=s,
            columns=(
                AREA, INSTITUTION, NAME, AGE, ID_NUMBER, PROCEDURE, PAPER,
                Column(name="mark", label=_l("标记状态"), expression=s.status),
                Column(name="seen", label=_l("查看状态"), expression=s.viewed_at, show=_seen,
                       plain=_seen),
                *(_PHOTOS if self.may("watch") else ()),
            ),
            details=sitting_list.details,
            order=(s.id,),
            criteria=(
                side_cases.in_current_cycle(s, province_id=acting().province_id),
                s.id.in_(select(AnswerSheet.sitting_id).where(AnswerSheet.closed_at.is_not(None))),
            ),
            tabs=(
                Tab(name="all", label=_l("全部"), criterion=s.id > 0),
                Tab(name="unseen", label=_l("未查看"), criterion=s.viewed_at.is_(None)),
                *(
                    Tab(name=one.name.lower(), label=one.label, criterion=s.status == one)
                    for one in (MarkStatus.SUSPECTED, MarkStatus.CONFIRMED)
                ),
            ),
        )  # fmt: skip

    def filters(self) -> Sequence[Filter]:
        """Offer the manual's filters."""
        seen = Filter(
            name="seen", label=_l("查看状态"), kind="choice", choices=lambda: list(_SEEN.items()),
            build=lambda word: (
                Sitting.viewed_at.is_not(None) if word == "1" else Sitting.viewed_at.is_(None)
            ),
        )  # fmt: skip
        return (*sitting_list.filters(), sitting_list.marks(), seen)

    def toolbar(self) -> list[Action]:
        """Give 抽查未查看."""
        if not self.may("watch"):
            return []
        return [link("sample", _l("随机抽查一份"), url_for("ProctoringView.sample"))]

    def row_actions(self, row: Any) -> list[Action]:
        """Give 查看, and the manual's steps, which are taken beside the evidence."""
        if not self.may("watch"):
            return []
        url = url_for("ProctoringView.sitting", pk=row.pk)
        found = [link("show", _l("查看"), url)]
        steps = (step for step in PROCTORING.transitions if row.mark in step.sources)
        return [*found, *(link(step.name, step.label, f"{url}#decision") for step in steps)]

    @expose("/sample")
    @protected("watch")
    def sample(self) -> Any:
        """Open a sitting that nobody has seen, each with the same chance."""
        listing = self.listing()
        unseen = (*listing.criteria, Sitting.viewed_at.is_(None))
        number = db.session.scalar(select(func.count(Sitting.id)).where(*unseen)) or 0
        if not number:
            flash(_("没有未查看的答卷。"), "info")
            return redirect(url_for("ProctoringView.list"))
        ids = select(Sitting.id).where(*unseen).order_by(Sitting.id)
        chosen = db.session.scalars(ids.offset(secrets.randbelow(number)).limit(1)).one()
        return redirect(url_for("ProctoringView.sitting", pk=chosen))

    @expose("/sittings/<int:pk>")
    @protected("watch")
    def sitting(self, pk: int) -> Any:
        """Draw a sitting with its evidence, and note who has seen it."""
        found = self.found(pk)
        answer = reading.drawn(found, "sitting", found.physician_id, lambda: self._drawn(found))
        if found.viewed_at is None:
            session = db.session()
            session.rollback()  # that of a page begins for reading only
            proctoring.look(session, session.get_one(Sitting, pk), actor=acting(), at=now())
            session.commit()
        return answer

    def _drawn(self, sitting: Sitting) -> str:
        session, person, sheet = db.session(), sitting.assessment.physician, sitting.sheet
        offers = PROCTORING.available(session, sitting, actor=acting(), at=now())
        live = {step.name for step in PROCTORING.transitions if sitting.status in step.sources}
        live_offers = [offer for offer in offers if offer.action in live]
        buttons = actions.steps(PROCTORING.name, sitting.id, live_offers)
        form = None
        if any(one.closed_reason is None and one.name in ("suspect", "confirm") for one in buttons):
            typed = take_typed(PROCTORING.name, sitting.id)
            chosen = typed.get("mark_reason", "")
            known = MarkReason[chosen] if chosen in MarkReason.__members__ else sitting.mark_reason
            form = MarkForm(formdata=None, data={"mark_reason": known})
        photos = snapshots.of_sitting(session, sitting.id)
        drawn = {
            "name": person.name,
            "status": (sitting.status.label, cells.tone(sitting.status)),
            "facts": _facts(sitting),
            "portrait_url": (
                url_for("PortraitView.see", pk=person.id)
                if portraits.exists(session, person.id)
                else None
            ),
            "photos": [
                (url_for("ProctoringView.photo", pk=one.id), cells.shown(one.taken_at))
                for one in photos
            ],
            "events": _line(sitting),
            "statement": sitting.statement,
            "is_running": sheet.closed_at is None,
            "decision_title": _("监考判定"),
            "decision_help": _(
                "系统只提供线索，不作认定。请结合照片、时间线和医师的情况说明判断。"
            ),
            "actions": buttons,
            "decision_form": form,
            "prev_url": _neighbour(sitting, is_later=False),
            "next_url": _neighbour(sitting, is_later=True),
            "sample_url": url_for("ProctoringView.sample"),
            "back_url": url_for("ProctoringView.list"),
        }
        return page("proctoring/sitting.html", title=person.name, crumbs=self.crumbs(), page=drawn)

    @expose("/photos/<int:pk>")
    @protected("watch")
    def photo(self, pk: int) -> Response:
        """Send one picture to a proctor of its sitting."""
        found = snapshots.opened(db.session(), pk)
        if found is None:
            raise NotFound
        return picture(found[1])


def _facts(sitting: Sitting) -> list[tuple[Any, Any]]:
    person, sheet, paper = sitting.assessment.physician, sitting.sheet, sitting.paper
    return [
        (_("证件号码"), person.id_masked),
        (_("医疗卫生机构"), sitting.assessment.institution.name),
        (_("试卷名称"), _(paper.name)),
        (_("测评状态"), paper.status.label),
        (_("开始时间"), cells.shown(sitting.begun_at)),
        (_("交卷时间"), cells.shown(sheet.closed_at)),
        (_("交卷方式"), sheet.ending.label if sheet.ending else None),
        (_("成绩"), papers.shown(sheet.score_tenths)),
        (_("标记原因"), sitting.mark_reason.label if sitting.mark_reason else None),
        (_("查看"), _("%(who)s %(at)s", who=sitting.viewed_by, at=cells.shown(sitting.viewed_at))
         if sitting.viewed_by else _("未查看")),
    ]  # fmt: skip


def _line(sitting: Sitting) -> list[tuple[Any, Any, str | None, str | None]]:
    """Give events and the end in their order: when, what, details, by whom."""
    found: list[tuple[datetime, Any, str | None, str | None]] = [
        (one.at, one.kind.label, one.detail, one.by)
        for one in sitting_events.of_sitting(db.session(), sitting.id)
    ]
    sheet = sitting.sheet
    if sheet.closed_at is not None and sheet.ending is not None:
        found.append((sheet.closed_at, sheet.ending.label, None, None))
    found.sort(key=lambda one: one[0])
    return [(cells.shown(at), *rest) for at, *rest in found]


def _neighbour(sitting: Sitting, *, is_later: bool) -> str | None:
    s = Sitting
    beside = s.id > sitting.id if is_later else s.id < sitting.id
    closed = select(AnswerSheet.sitting_id).where(AnswerSheet.closed_at.is_not(None))
    statement = select(s.id).where(beside, s.cycle_id == sitting.cycle_id, s.id.in_(closed))
    order = s.id if is_later else s.id.desc()
    found = db.session.scalars(statement.order_by(order).limit(1)).first()
    return url_for("ProctoringView.sitting", pk=found) if found is not None else None
