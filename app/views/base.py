"""The only module that touches FAB's raw base classes: our pages and entity views stand on these.

``PageView`` is a page of our own, ``EntityView`` lets FAB generate list, show, add and edit of an
entity from its declaration, behind our list engine, templates, permissions and row scope.
"""

from collections.abc import Callable, Sequence
from typing import Any

from flask import redirect, request, url_for
from flask_appbuilder import BaseView, ModelView, expose
from flask_appbuilder.models.sqla.filters import SQLAFilterConverter
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.extensions import db
from app.views import columnpage, exportjobs, generated, listpages, paths, plainexport, printing
from app.views.access import acting, open_to_all, page, protected, signed_in
from app.views.actions import Action
from app.views.converter import FormConverter
from app.views.errors import ANTICIPATED, flash_saved, refuse

__all__ = [
    "EntityView",
    "Interface",
    "PageView",
    "acting",
    "expose",
    "open_to_all",
    "page",
    "protected",
    "signed_in",
]


class _NoFilters(SQLAFilterConverter):
    """Lists have filters of their own; the framework's, on every column, are not made."""

    def convert(self, col_name: str) -> list[Any]:
        """Give none, whatever the column."""
        return []


class Interface(SQLAInterface):
    """The framework's reading of a model, as far as our pages use it."""

    filter_converter_class = _NoFilters


class PageView(BaseView):
    """A page of our own."""

    default_view = "index"


class EntityView(ModelView):
    """FAB's pages of one entity: declare columns, forms and abilities, the rest follows.

    ``abilities`` names the generated routes that exist; everything else is not registered.
    """

    abilities: frozenset[str] = frozenset({"list", "show", "export"})
    name: Any = ""
    group: Any = None
    new_label: Any = None
    search_columns = ["id"]
    page_size = 10
    form_fieldsets: Sequence[tuple[Any, Sequence[str | tuple[str, ...]]]] | None = None
    has_file = False
    add_form: Any = None
    edit_form: Any = None

    def __init__(self, **kwargs: Any) -> None:
        stock = {"list", "show", "add", "edit", "delete", "export", "plain_export"}
        own = {
            name
            for name in dir(type(self))
            if hasattr(getattr(type(self), name, None), "_urls") and name not in _FAB_ROUTES
        }
        self.include_route_methods = (self.abilities & stock) | (own - stock)
        super().__init__(**kwargs)

    def _init_forms(self) -> None:
        converter = FormConverter(self.datamodel)
        make = converter.create_form
        extra_add = self.add_form_extra_fields or {}
        extra_edit = self.edit_form_extra_fields or {}
        self.search_form = type("NoSearch", (object,), {})
        if "add" in self.abilities and self.add_form is None:
            self.add_form = make(
                self.label_columns,
                self.add_columns,
                self.description_columns,
                self.validators_columns,
                extra_add,
            )
        if "edit" in self.abilities and self.edit_form is None:
            self.edit_form = make(
                self.label_columns,
                self.edit_columns,
                self.description_columns,
                self.validators_columns,
                extra_edit,
            )

    # --- what a subclass may say -------------------------------------------------------------

    def listing(self) -> Any:
        """Give the Listing; by default FAB's ``list_columns`` in the model's order."""
        return generated.listing(self)

    def filters(self) -> Sequence[Any]:
        """Give the filters of the list."""
        return ()

    def row_actions(self, row: Any) -> list[Action]:
        """Give the links of one row's 操作 column."""
        found = []
        if "show" in self.abilities and self.may("show"):
            found.append(generated.show_link(self, row.pk))
        if "edit" in self.abilities and self.may("edit"):
            found.append(generated.edit_link(self, row.pk))
        return found

    def row_shape(self, row: Any) -> tuple[Any, tuple[str, ...]] | None:
        """Give what a row's links hang on, and the names of its values that they only mention.

        Rows of one shape are drawn once and kept for this person, so the shape names everything
        else that decides about them; None draws every row by itself.
        """
        return None

    def template_columns(self) -> Sequence[Any]:
        """Give the columns of the import's template for an export that can be imported again.

        Every list and file may show them: what is masked there needs ``full``.
        """
        return ()

    def toolbar(self) -> list[Action]:
        """Give the buttons above the table."""
        if "add" in self.abilities and self.may("add"):
            return [generated.add_link(self)]
        return []

    def due(self) -> Any:
        """Give the deadline of everything that waits in the list, if the law sets one."""
        return None

    def bulk(self) -> list[Action]:
        """Give the actions of selected rows."""
        return []

    def show_actions(self, item: Any) -> list[Action]:
        """Give the buttons of the show page."""
        if "edit" in self.abilities and self.may("edit"):
            return [generated.edit_link(self, item.id)]
        return []

    def show_groups(self, item: Any) -> list[tuple[Any, list[tuple[Any, Any]]]]:
        """Give the facts of the show page in groups."""
        return generated.facts(self, item)

    def prefill(self, form: Any, item: Any) -> None:
        """Set form fields that no column fills."""

    def create(self, form: Any) -> Any:
        """Store a new entity from a valid form and return it; flush at most."""
        item = self.datamodel.obj()
        form.populate_obj(item)
        db.session.add(item)
        db.session.flush()  # the id is needed for the redirect and the trail
        return item

    def update(self, item: Any, form: Any) -> None:
        """Store changes from a valid form; flush at most."""
        form.populate_obj(item)

    def may(self, permission: str) -> bool:
        """Say whether the person has a permission on this view."""
        access: bool = self.appbuilder.sm.has_access(
            f"can_{permission}", self.class_permission_name
        )
        return access

    def crumbs(self) -> list[tuple[Any, str | None]]:
        """Give where the list lies in the menu."""
        group = [(self.group, None)] if self.group else []
        return [*group, (self.name, paths.to(f"{self.endpoint}.list"))]

    def found(self, pk: int) -> Any:
        """Read a row in the actor's scope; one outside does not exist."""
        item = db.session.get(self.datamodel.obj, pk)
        if item is None:
            raise NotFound
        return item

    # --- the generated routes ----------------------------------------------------------------

    @expose("/list/")
    @protected("list")
    def list(self) -> Any:
        """Draw the list, or with ``print=1`` all its rows for paper."""
        if request.args.get("print") == "1":
            return printing.draw(self, request.args)
        drawn = listpages.draw(self, request.args)
        return page("list.html", title=self.name, crumbs=self.crumbs(), page=drawn, due=self.due())

    @expose("/export/<string:kind>")
    @protected("export")
    def export(self, kind: str) -> Response:
        """Send all rows that the filter finds as CSV or Excel, or lead to the job that does."""
        return exportjobs.answer(self, kind, listpages.Reader(self, request.args))

    @expose("/export/plain", methods=["GET", "POST"])
    @protected("plain_export")
    def plain_export(self) -> Any:
        """Ask why the masked numbers are needed in full, then send the file."""
        return plainexport.answer(self)

    @expose("/columns", methods=["GET", "POST"])
    @protected("list")
    def columns(self) -> Any:
        """Choose which columns are shown, in which order."""
        return columnpage.answer(self)

    @expose("/show/<int:pk>")
    @protected("show")
    def show(self, pk: int) -> Any:
        """Draw one entity."""
        return self.shown(pk)

    def shown(self, pk: int) -> Any:
        """Draw one entity for whoever may see it."""
        item = self.found(pk)
        drawn = {
            "groups": self.show_groups(item),
            "actions": self.show_actions(item),
            "back_url": url_for(f"{self.endpoint}.list"),
        }
        return page("show.html", title=str(item), crumbs=self.crumbs(), page=drawn)

    @expose("/add", methods=["GET", "POST"])
    @protected("add")
    def add(self) -> Any:
        """Draw the empty form, or store what was sent."""
        form = self.add_form()
        if request.method == "GET":
            self.prefill(form, None)
        elif form.validate():
            done = self._stored(form, lambda: self.create(form))
            if done is not None:
                flash_saved(done)
                return redirect(url_for(f"{self.endpoint}.list"))
        return self._form(form, title=self.new_label or _("新增"))

    @expose("/edit/<int:pk>", methods=["GET", "POST"])
    @protected("edit")
    def edit(self, pk: int) -> Any:
        """Draw the form of an entity, or store what was sent."""
        item = self.found(pk)
        form = self.edit_form(obj=item)
        if request.method == "GET":
            self.prefill(form, item)
        elif form.validate():

            def store() -> Any:
                self.update(item, form)
                db.session.flush()  # integrity errors belong to this form
                return item

            if self._stored(form, store) is not None:
                flash_saved(item)
                return redirect(url_for(f"{self.endpoint}.list"))
        return self._form(form, title=_("编辑%(name)s", name=item))

    def _stored(self, form: Any, store: Callable[[], Any]) -> Any:
        try:
            done = store()
            db.session.commit()
        except ANTICIPATED as error:
            db.session.rollback()
            refuse(form, error)
            return None
        return done

    def _form(self, form: Any, *, title: Any) -> str:
        drawn = {
            "form": form,
            "cancel_url": url_for(f"{self.endpoint}.list"),
            "fieldsets": self.form_fieldsets,
            "has_file": self.has_file,
        }
        return page("form.html", title=title, crumbs=self.crumbs(), page=drawn)


_FAB_ROUTES = frozenset({"download", "action", "action_post"})
