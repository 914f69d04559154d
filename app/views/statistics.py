"""考核统计: where physicians stand, by region, institution and words, each figure with its list."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound

from app.dashboards import statistics as board
from app.dashboards.home import rates
from app.dashboards.statistics import Row, Table
from app.extensions import db
from app.models import Authority, Figure
from app.queries import progress_days
from app.queries.statistics import Numbers
from app.views import provenance
from app.views.base import PageView, acting, expose, page, protected
from app.views.clock import now
from app.views.curve import Curve, drawn
from app.views.progress import tab_of
from app.views.provenance import KINDS, Taken
from app.views.statistics_asked import WORDS, Asked

_SEATS = {"unconfirmed": _l("未确认参加"), "away": _l("离岗")}
_CASES = {
    "whole": (_l("已确认参加"), "all"),
    "reported": (_l("已填报"), "reported"),
    "reviewed": (_l("已审核"), "reviewed"),
    "completed": (_l("已完成"), "completed"),
}
_RESULTS = {"passed": (_l("合格"), "PASS"), "failed": (_l("不合格"), "FAIL")}


class StatisticsView(PageView):
    """One table, narrowed and grouped by its address."""

    route_base = "/statistics"

    @expose("/")
    @protected("see")
    def index(self) -> Any:
        """Draw the figures of one cycle."""
        asked = Asked()
        table = _table(asked)
        drawn = {
            "tabs": [
                (word, self._url(asked, by=name), None, name == asked.by)
                for name, word in asked.by_choices
            ],
            "by_word": dict(asked.by_choices)[asked.by],
            "trail": self._trail(asked),
            "filters": self._filters(asked),
            "cycles": [(str(one.id), one.label) for one in asked.cycles],
            "cycle": str(asked.cycle.id) if asked.cycle else "",
            "is_nation": asked.is_nation,
            "headers": _headers(),
            "rows": [self._row(asked, row) for row in table.rows],
            "total": self._row(asked, Row(_("合计"), table.total, {})),
            "left_out": table.left_out,
            "rates": [_rate(one) for one in _rates(table.total)],
            "statuses": self._statuses(asked),
            "exports": [
                (kind.upper(), _to("StatisticsView.export", asked.narrowed() | {"kind": kind}))
                for kind in KINDS
                if self._may("can_export", "StatisticsView")
            ],
            "before": self._before(asked, table),
            "curve": self._curve(asked),
            "kept": asked.narrowed(category=None, level=None, procedure=None, cycle=None),
        }
        return page("statistics/index.html", title=_l("考核统计"), page=drawn)

    @expose("/export/<string:kind>")
    @protected("export")
    def export(self, kind: str) -> Response:
        """Send the table as a file."""
        if kind not in KINDS:
            raise NotFound
        asked = Asked()
        table = _table(asked)
        words = [(_("分组"), str(dict(asked.by_choices)[asked.by]))]
        if asked.cycle is not None:
            words.append((_("考核周期"), asked.cycle.label))
        taken = Taken(
            name=_("考核统计"), subject=Figure.__tablename__, words=words, actor=acting(), at=now()
        )
        provenance.write_down(taken, total=len(table.rows))
        db.session.commit()
        headers = [str(words[0][1]), *(str(label) for _name, label in _headers())]
        rows = (_line(row) for row in (*table.rows, Row(_("合计"), table.total, {})))
        return provenance.send(
            taken, kind, provenance.chunks(taken, kind, headers=headers, rows=rows)
        )

    def _may(self, permission: str, view: str) -> bool:
        return bool(self.appbuilder.sm.has_access(permission, view))

    def _url(self, asked: Asked, **changes: str | None) -> str:
        return _to("StatisticsView.index", asked.narrowed(**changes))

    def _trail(self, asked: Asked) -> list[tuple[str, str | None]]:
        """Give the way down from one's own authority to the area that is shown."""
        if asked.own is None or asked.area is None:
            return []
        ids = [int(part) for part in asked.area.path.split("/") if part]
        below = ids[ids.index(asked.own.id) :]
        found = []
        for pk in below:
            one = db.session.get_one(Authority, pk)
            is_last = pk == asked.area.id
            found.append((one.name, None if is_last else self._url(asked, area=str(pk), by="area")))
        return found

    @staticmethod
    def _filters(asked: Asked) -> list[dict[str, Any]]:
        labels = {"category": _("执业类别"), "level": _("医师级别"), "procedure": _("考核程序")}
        return [
            {
                "name": name,
                "label": labels[name],
                "chosen": request.args.get(name, ""),
                "options": [(one.name, one.label) for one in vocabulary],
            }
            for name, vocabulary in WORDS.items()
            if name != asked.by
        ]

    def _row(self, asked: Asked, row: Row) -> dict[str, Any]:
        n = row.numbers
        figures = [(getattr(n, name), self._seat_url(asked, row, name)) for name in _SEATS]
        figures += [
            (getattr(n, name), self._case_url(asked, row, tab=tab))
            for name, (_label, tab) in _CASES.items()
        ]
        figures += [
            (getattr(n, name), self._case_url(asked, row, tab="completed", result=word))
            for name, (_label, word) in _RESULTS.items()
        ]
        down = None
        if row.area_id is not None:
            down = self._url(asked, area=str(row.area_id))
        return {
            "label": row.label,
            "down": down,
            "figures": figures,
            "rates": [_rate(one) for one in _rates(n)],
            "held_up": board.held_up_at(n),
        }

    def _narrow(self, asked: Asked, row: Row) -> dict[str, str] | None:
        """Give the filter of a list that shows just these people, or None."""
        if row.narrow is None or not asked.is_current:
            return None
        found = {name: request.args[name] for name in WORDS if request.args.get(name)}
        if asked.part.area is not None:
            found["area"] = str(asked.part.area.id)
        return found | dict(row.narrow)

    def _case_url(self, asked: Asked, row: Row, **more: str) -> str | None:
        narrow = self._narrow(asked, row)
        if narrow is None or not self._may("can_list", "ProgressView"):
            return None
        return _to("ProgressView.list", narrow | more)

    def _seat_url(self, asked: Asked, row: Row, tab: str) -> str | None:
        narrow = self._narrow(asked, row)
        if narrow is None or "procedure" in narrow or not self._may("can_list", "PhysicianView"):
            return None
        return _to("PhysicianView.list", narrow | {"tab": tab})

    def _statuses(self, asked: Asked) -> list[dict[str, Any]]:
        found = board.statuses(db.session(), asked.cycle_ids, part=asked.part)
        most = max((number for _status, number in found), default=0)
        everybody = Row("", Numbers(), {})
        return [
            {
                "label": status.label,
                "n": number,
                "percent": 100 * number // most if most else 0,
                "url": self._case_url(asked, everybody, tab=tab_of(status), status=status.name),
            }
            for status, number in found
        ]

    @staticmethod
    def _curve(asked: Asked) -> Curve | None:
        """Draw how far the shown area was on each day; days are not kept for parts of an area."""
        if asked.area is None or asked.part.is_narrowed:
            return None
        days = progress_days.of_area(db.session(), asked.cycle_ids, area=asked.area)
        return drawn(
            days, [(name, _CASES[name][0]) for name in ("reported", "reviewed", "completed")]
        )

    @staticmethod
    def _before(asked: Asked, table: Table) -> dict[str, Any] | None:
        """Compare the whole with the cycle before: of those who took part, how many have passed."""
        if asked.before is None:
            return None
        was = board.table(
            db.session(), [asked.before.id], by="category", area=None, part=asked.part
        ).total
        return {"label": asked.before.label, "was": _shares(was), "now": _shares(table.total)}


def _to(endpoint: str, arguments: dict[str, str]) -> str:
    values: dict[str, Any] = dict(arguments)
    return url_for(endpoint, **values)


def _table(asked: Asked) -> Table:
    return board.table(db.session(), asked.cycle_ids, by=asked.by, area=asked.area, part=asked.part)


def _headers() -> list[tuple[str, Any]]:
    return [
        *_SEATS.items(),
        *((name, label) for name, (label, _tab) in _CASES.items()),
        *((name, label) for name, (label, _word) in _RESULTS.items()),
    ]


def _rates(n: Numbers) -> Sequence[Any]:
    return rates(whole=n.whole, reported=n.reported, reviewed=n.reviewed, completed=n.completed)


def _rate(one: Any) -> dict[str, Any]:
    return {"label": one.label, "percent": one.percent, "n": one.part, "m": one.whole}


def _shares(n: Numbers) -> Mapping[str, int]:
    judged = n.passed + n.failed
    return {
        "completed": 100 * n.completed // n.whole if n.whole else 0,
        "passed": 100 * n.passed // judged if judged else 0,
    }


def _line(row: Row) -> tuple[Any, ...]:
    return (str(row.label), *(getattr(row.numbers, name) for name, _label in _headers()))
