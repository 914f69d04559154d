"""多机构执业备案: the physician reports a further place, the main institution records it."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.extensions import db
from app.models import PracticePlace
from app.operations import practice_places
from app.queries.listing import Column
from app.views import casefacts, cells
from app.views.base import Interface, acting
from app.views.clock import now
from app.views.decided_requests import DecidedRequestView, asked
from app.views.own_requests import OwnRequestsView, oneself
from app.views.typed import stripped
from app.workflows.practice_place import PRACTICE_PLACE


class PracticePlaceForm(FlaskForm):
    """Where else, and from when to when."""

    place = StringField(
        _l("其他执业机构"),
        [InputRequired(_l("请填写。")), Length(max=255)],
        filters=[stripped],
        description=_l("请填写机构全称。该机构在本系统内的，考核时由该机构在线出具意见。"),
        render_kw={"maxlength": 255},
    )
    started_on = DateField(_l("开始日期"), [InputRequired(_l("请填写日期。"))])
    ended_on = DateField(_l("结束日期"), [Optional()], description=_l("进行中可不填。"))
    note = TextAreaField(
        _l("说明"), [Optional(), Length(max=500)], render_kw={"rows": 2, "maxlength": 500}
    )


def _facts(row: PracticePlace) -> casefacts.Facts:
    is_known = row.place_institution_id is not None
    return [
        (_("其他执业机构"), row.place),
        (_("开始日期"), cells.shown(row.started_on)),
        (_("结束日期"), cells.shown(row.ended_on)),
        (_("意见由谁出具"), _("该机构在线出具") if is_known else _("由本机构录入")),
        (_("说明"), row.note),
    ]


class OwnPracticePlaceView(OwnRequestsView):
    """A physician's own further places."""

    route_base = "/practice-place"
    model = PracticePlace
    workflow = PRACTICE_PLACE
    title = _l("多机构执业备案")
    about = _l("在主要执业机构以外还在其他机构执业的，请在此备案，由本机构审核。")
    form_class = PracticePlaceForm
    sent_text = _l("提交成功，等待本机构审核。")

    def ask(self, form: Any) -> None:
        """Report a place."""
        practice_places.ask(
            db.session(),
            oneself(),
            place=form.place.data,
            started_on=form.started_on.data,
            ended_on=form.ended_on.data,
            note=form.note.data or None,
            actor=acting(),
            at=now(),
        )

    def facts(self, row: Any) -> casefacts.Facts:
        """Give the place and its days."""
        return _facts(row)


class PracticePlaceView(DecidedRequestView):
    """What waits for the institution."""

    datamodel = Interface(PracticePlace)
    route_base = "/practice-places"
    name = _l("多机构执业备案审核")
    group = _l("医师管理")
    model = PracticePlace
    workflow = PRACTICE_PLACE

    def columns_of_request(self) -> Sequence[Column]:
        """Say where else."""
        p = PracticePlace
        return (
            Column(name="place", label=_l("其他执业机构"), expression=p.place),
            Column(name="started", label=_l("开始日期"), expression=p.started_on),
            Column(name="ended", label=_l("结束日期"), expression=p.ended_on),
            asked(p),
        )

    def sections(self, found: Any) -> Sequence[casefacts.Section]:
        """Give the place and its days."""
        facts = [*_facts(found), (_("申请时间"), cells.shown(found.asked_at))]
        return [casefacts.Section(heading=_("备案内容"), facts=facts)]
