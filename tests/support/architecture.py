"""The rules of the code's structure, each a function from one parsed module to its complaints."""

import ast
from collections.abc import Iterator
from typing import Final

from tests.support.syntax import Module, Rule, called_name, within

Complaints = Iterator[tuple[int, str]]

THE_ENGINE: Final = ("app/workflows/engine.py", "app/workflows/bulk.py")
THE_TABLES: Final = ("app/models.py", "app/tables")
THE_COLUMNS: Final = "app/tables/columns.py"
THE_FAB_BASES: Final = "app/views/base.py"
EDGES: Final = ("app/__init__.py", "app/assembly.py", "app/views", "app/cli", "app/jobs")
QUERYING: Final = (
    "app/queries",
    "app/operations",
    "app/workflows",
    "app/views",
    "app/exchange",
    "app/dashboards",
    "app/jobs",
)

# path -> why it may go round the ORM, and so round the row scope. Empty is how it should stay.
RAW_SQL_ALLOWED: Final[dict[str, str]] = {}

CLOCKS: Final = frozenset(
    {f"datetime.datetime.{name}" for name in ("now", "utcnow", "today")}
    | {f"time.{name}" for name in ("time", "time_ns", "localtime", "gmtime", "ctime")}
    | {f"pandas.Timestamp.{name}" for name in ("now", "utcnow", "today")}
    | {"datetime.date.today"}
)
RAW_FAB_BASES: Final = frozenset(
    {
        "BaseApi",
        "BaseCRUDView",
        "BaseChartView",
        "BaseFormView",
        "BaseModelApi",
        "BaseModelView",
        "BaseView",
        "ChartView",
        "CompactCRUDMixin",
        "DirectByChartView",
        "DirectChartView",
        "GroupByChartView",
        "IndexView",
        "MasterDetailView",
        "ModelRestApi",
        "ModelView",
        "MultipleView",
        "PublicFormView",
        "RestCRUDView",
        "SimpleFormView",
        "TimeChartView",
    }
)
RAW_STATEMENTS: Final = frozenset(
    f"{place}.{name}"
    for place in ("sqlalchemy", "sqlalchemy.sql", "sqlalchemy.sql.expression")
    for name in ("text", "literal_column")
)
TRANSLATORS: Final = frozenset(
    {"_", "_l", "N_", "gettext", "lazy_gettext", "ngettext", "lazy_ngettext", "pgettext"}
)
WRITERS: Final = frozenset(
    {"values", "update", "execute", "bulk_insert_mappings", "bulk_update_mappings"}
)
SETTERS: Final = frozenset({"setattr", "__setattr__", "set_attribute", "set_committed_value"})


def stores_a_status(entities: frozenset[str]) -> Rule:
    """Make the rule that only the engine stores an attribute named ``status`` of anything.

    :param entities: names of the mapped classes, whose constructors may not be given a status.
    """

    def rule(module: Module) -> Complaints:
        if module.path in THE_ENGINE:
            return
        for node in module.nodes:
            if isinstance(node, ast.Attribute) and node.attr == "status":
                if not isinstance(node.ctx, ast.Load):
                    yield node.lineno, "assigns a status: fire a transition"
            elif isinstance(node, ast.Call) and _call_stores_status(node, entities):
                yield node.lineno, f"{called_name(node)}() stores a status: fire a transition"

    return rule


def entity_names(models: Module) -> frozenset[str]:
    """The classes declared in the module of the models."""
    return frozenset(node.name for node in models.nodes if isinstance(node, ast.ClassDef))


def declares_entities(module: Module) -> bool:
    """Tell whether a module holds entities."""
    return within(module, *THE_TABLES)


def holds_behaviour(module: Module) -> Complaints:
    """The models are declarations: no function besides ``__repr__`` and properties.

    The shorthands of ``columns`` that only return an expression are vocabulary.
    """
    if not declares_entities(module):
        return
    for node in module.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name != "__repr__":
            if module.path == THE_COLUMNS and _is_shorthand(node):
                continue
            decorators = {
                module.qualified(found).rpartition(".")[2] for found in node.decorator_list
            }
            if not decorators & {"property", "hybrid_property"}:
                yield node.lineno, f"{node.name}() is behaviour: it belongs above the models"


def commits_below_the_edge(module: Module) -> Complaints:
    """One request is one transaction: below views, cli and jobs nobody commits or opens one."""
    if within(module, *EDGES):
        return
    for node in module.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in {"commit", "begin"}:
                yield node.lineno, f".{node.func.attr}() below the views: the caller commits"


def reads_the_clock(module: Module) -> Complaints:
    """The time is passed in from the edge."""
    if within(module, *EDGES):
        return
    for node in module.nodes:
        if isinstance(node, ast.Attribute | ast.Name) and module.qualified(node) in CLOCKS:
            yield node.lineno, f"{module.qualified(node)}: the time is passed in"


def uses_raw_fab_bases(module: Module) -> Complaints:
    """Only the hardened bases know the framework's own, which leak rows."""
    if module.path == THE_FAB_BASES:
        return
    for node in module.nodes:
        if isinstance(node, ast.ImportFrom):
            owner, names = node.module or "", {alias.name for alias in node.names}
        elif isinstance(node, ast.Attribute):
            owner, names = module.qualified(node.value), {node.attr}
        else:
            continue
        if owner.startswith("flask_appbuilder"):
            for name in sorted(names & RAW_FAB_BASES):
                yield node.lineno, f"{name} of the framework: use the bases of {THE_FAB_BASES}"


def goes_round_the_orm(module: Module) -> Complaints:
    """Core statements and raw SQL escape the row scope."""
    if not within(module, *QUERYING) or module.path in RAW_SQL_ALLOWED:
        return
    for node in module.nodes:
        if isinstance(node, ast.Attribute) and node.attr in {"__table__", "exec_driver_sql"}:
            yield node.lineno, f".{node.attr} escapes the row scope"
        elif isinstance(node, ast.Call) and module.qualified(node.func) in RAW_STATEMENTS:
            yield node.lineno, f"{called_name(node)}() escapes the row scope"


def translates_a_built_string(module: Module) -> Complaints:
    """A msgid is a literal; what varies is a named placeholder."""
    for node in module.nodes:
        if not (isinstance(node, ast.Call) and called_name(node) in TRANSLATORS):
            continue
        for argument in node.args:
            built = isinstance(argument, ast.JoinedStr | ast.BinOp)
            formatted = isinstance(argument, ast.Call) and called_name(argument) == "format"
            if built or formatted:
                yield node.lineno, "translates a string put together at run time"


def swallows_everything(module: Module) -> Complaints:
    """Whoever catches everything raises again."""
    for node in module.nodes:
        if isinstance(node, ast.ExceptHandler) and _is_broad(module, node):
            if not any(isinstance(inner, ast.Raise) for inner in ast.walk(node)):
                yield node.lineno, "catches everything and does not raise again"


def _is_shorthand(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    only = function.body[0] if len(function.body) == 1 else None
    return isinstance(only, ast.Return)


def _is_broad(module: Module, handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(module.qualified(one) in {"Exception", "BaseException"} for one in caught)


def _call_stores_status(call: ast.Call, entities: frozenset[str]) -> bool:
    name = called_name(call)
    by_keyword = any(keyword.arg == "status" for keyword in call.keywords)
    if name in entities or name in {"values", "update"}:
        return by_keyword or any(_has_status_key(argument) for argument in _arguments(call))
    if name in WRITERS:
        return any(_has_status_key(argument) for argument in _arguments(call))
    if name in SETTERS:
        return any(isinstance(one, ast.Constant) and one.value == "status" for one in call.args)
    return False


def _arguments(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _has_status_key(argument: ast.expr) -> bool:
    keys = [
        key
        for node in ast.walk(argument)
        if isinstance(node, ast.Dict)
        for key in node.keys
        if key is not None
    ]
    keys += [node.key for node in ast.walk(argument) if isinstance(node, ast.DictComp)]
    return any(
        (isinstance(key, ast.Constant) and key.value == "status")
        or (isinstance(key, ast.Attribute) and key.attr == "status")
        for key in keys
    )
