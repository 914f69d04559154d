"""诊疗科目: the official list, to look things up."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from app.extensions import db
from app.models import Subject
from app.queries import subjects
from app.queries.listing import Column, Listing
from app.views.base import EntityView, Interface
from app.views.filters import Filter, contains, starts_with

LEVELS = {1: _l("一级"), 2: _l("二级")}


def _level(number: int) -> Any:
    return LEVELS.get(number, number)


class SubjectView(EntityView):
    """The list of the State (卫医发〔1994〕27号); nobody edits it in pages."""

    datamodel = Interface(Subject)
    route_base = "/subjects"
    name = _l("诊疗科目")
    group = _l("系统管理")
    page_size = 20

    def listing(self) -> Listing:
        """Give code, name, level and parent, in the order of codes."""
        parent = subjects.Parent
        return Listing(
            anchor=Subject,
            columns=(
                Column(name="code", label=_l("科目编码"), expression=Subject.code, sort=True),
                Column(name="name", label=_l("科目名称"), expression=Subject.name, sort=True),
                Column(
                    name="level",
                    label=_l("级别"),
                    expression=Subject.level,
                    show=_level,
                    plain=lambda number: str(_level(number)),
                ),
                Column(name="parent", label=_l("上级科目"), expression=parent.name),
            ),
            details=lambda statement: statement.outerjoin(
                parent, parent.code == Subject.parent_code
            ),
            order=(Subject.code,),
        )

    def filters(self) -> Sequence[Filter]:
        """Give code, name and level."""
        return (
            Filter(name="code", label=_l("科目编码"), kind="text", build=starts_with(Subject.code)),
            Filter(name="name", label=_l("科目名称"), kind="text", build=contains(Subject.name)),
            Filter(
                name="level",
                label=_l("级别"),
                kind="choice",
                build=lambda value: Subject.level == int(value),
                choices=lambda: [(str(number), label) for number, label in LEVELS.items()],
            ),
        )

    def show_groups(self, item: Any) -> list[tuple[Any, list[tuple[Any, Any]]]]:
        """Give the facts of one entry."""
        parent = subjects.name_of(db.session(), item.parent_code)
        return [
            (
                None,
                [
                    (_l("科目编码"), item.code),
                    (_l("科目名称"), item.name),
                    (_l("级别"), _level(item.level)),
                    (_l("上级科目"), parent),
                ],
            )
        ]
