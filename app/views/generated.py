"""What FAB's declaration of an entity is made into: its list, its facts, the links between them."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.queries import listing as engine
from app.views import cells, paths
from app.views.actions import Action, link


def listing(view: Any) -> engine.Listing:
    """Make a listing from FAB's ``list_columns``; "relation.column" joins the relation."""
    model = view.datamodel.obj
    relations: dict[str, Any] = {}
    columns = []
    for name in view.list_columns:
        head, _dot, tail = name.partition(".")
        if tail:
            target = getattr(model, head)
            relations[head] = target
            expression = getattr(target.property.mapper.class_, tail)
        else:
            expression = getattr(model, head)
        sortable = not tail and name in (view.order_columns or ())
        label = view.label_columns.get(name, name)
        columns.append(
            engine.Column(
                name=name.replace(".", "_"), label=label, expression=expression, sort=sortable
            )
        )

    def details(statement: Any) -> Any:
        for target in relations.values():
            statement = statement.outerjoin(target)
        return statement

    return engine.Listing(anchor=model, columns=tuple(columns), details=details)


def facts(view: Any, item: Any) -> list[tuple[Any, list[tuple[Any, Any]]]]:
    """Give FAB's ``show_columns`` as labelled facts, in ``show_fieldsets`` groups if declared."""
    groups = view.show_fieldsets or [(None, {"fields": view.show_columns})]
    return [
        (
            legend,
            [(view.label_columns.get(n, n), cells.shown(_value(item, n))) for n in g["fields"]],
        )
        for legend, g in groups
    ]


def _value(item: Any, name: str) -> Any:
    for part in name.split("."):
        item = getattr(item, part) if item is not None else None
    return item


def show_link(view: Any, pk: int) -> Action:
    """Make the 查看 link of a row."""
    return link("show", _l("查看"), paths.to(f"{view.endpoint}.show", pk=pk))


def edit_link(view: Any, pk: int) -> Action:
    """Make the 编辑 link of a row."""
    return link("edit", _l("编辑"), paths.to(f"{view.endpoint}.edit", pk=pk))


def add_link(view: Any) -> Action:
    """Make the button that opens the empty form."""
    label = view.new_label or _l("新增")
    return link("add", label, paths.to(f"{view.endpoint}.add"), tone="primary")
