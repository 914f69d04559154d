"""The structure of the code: every rule holds for the tree and catches a planted offence."""

import subprocess
from pathlib import Path
from textwrap import dedent

import pytest

from tests.support import architecture, files
from tests.support.syntax import Module, Rule, modules, violations

ROOT = Path(__file__).resolve().parents[1]
APP = modules(ROOT, "app")
ENTITIES = frozenset[str]().union(
    *(architecture.entity_names(module) for module in APP if architecture.declares_entities(module))
)

RULES: dict[str, Rule] = {
    "status": architecture.stores_a_status(ENTITIES | {"Participation"}),
    "models": architecture.holds_behaviour,
    "commit": architecture.commits_below_the_edge,
    "clock": architecture.reads_the_clock,
    "bases": architecture.uses_raw_fab_bases,
    "raw": architecture.goes_round_the_orm,
    "translation": architecture.translates_a_built_string,
    "swallow": architecture.swallows_everything,
}

# rule, file, offence: each must be caught exactly once
OFFENCES = [
    ("status", "app/views/a.py", "assessment.status = S.COMPLETED"),
    ("status", "app/operations/a.py", "assessment.version, assessment.status = 1, S.COMPLETED"),
    ("status", "app/operations/a.py", "assessment.status: str = 'x'"),
    ("status", "app/operations/a.py", "for assessment.status in S: pass"),
    ("status", "app/cli/a.py", "setattr(assessment, 'status', S.COMPLETED)"),
    ("status", "app/cli/a.py", "object.__setattr__(assessment, 'status', S.COMPLETED)"),
    ("status", "app/queries/a.py", "update(Assessment).values(status=S.COMPLETED)"),
    ("status", "app/queries/a.py", "query.update({'status': S.COMPLETED})"),
    ("status", "app/queries/a.py", "query.update({Assessment.status: S.COMPLETED})"),
    ("status", "app/workflows/paper.py", "session.execute(insert(Paper), [{'status': 1}])"),
    ("status", "app/operations/a.py", "Participation(physician=p, status=S.CONFIRMED)"),
    ("status", "app/operations/a.py", "models.Participation(**{'status': S.CONFIRMED})"),
    ("models", "app/models.py", "def helper(): pass"),
    ("models", "app/tables/cases.py", "def _find(s):\n    x = s.get()\n    return x"),
    ("models", "app/models.py", "class A:\n    def _name(self): return self.name"),
    ("models", "app/models.py", "class A:\n    def advance(self): pass"),
    ("models", "app/models.py", "class A:\n    @staticmethod\n    def find(): pass"),
    ("commit", "app/operations/a.py", "session.commit()"),
    ("commit", "app/workflows/engine.py", "db.session.commit()"),
    ("commit", "app/exchange/a.py", "with session.begin(): pass"),
    ("clock", "app/queries/a.py", "from datetime import datetime\nx = datetime.now()"),
    ("clock", "app/queries/a.py", "import datetime as dt\nx = dt.datetime.utcnow()"),
    ("clock", "app/operations/a.py", "from datetime import date as D\nx = D.today()"),
    ("clock", "app/models.py", "import datetime\nx = Column(default=datetime.datetime.now)"),
    ("clock", "app/security/a.py", "import time\nx = time.time()"),
    ("clock", "app/security/a.py", "from time import time as seconds\nx = seconds()"),
    ("bases", "app/views/a.py", "from flask_appbuilder import ModelView"),
    ("bases", "app/views/a.py", "from flask_appbuilder.views import SimpleFormView as Form"),
    ("bases", "app/security/a.py", "import flask_appbuilder as f\nclass A(f.BaseView): pass"),
    ("raw", "app/queries/a.py", "select(Physician.__table__)"),
    ("raw", "app/views/a.py", "from sqlalchemy import text\ntext('select 1')"),
    ("raw", "app/operations/a.py", "import sqlalchemy as sa\nsa.text('select 1')"),
    ("raw", "app/workflows/a.py", "connection.exec_driver_sql('select 1')"),
    ("translation", "app/views/a.py", "_(f'{name} 已通过')"),
    ("translation", "app/views/a.py", "_('%s 已通过' % name)"),
    ("translation", "app/workflows/a.py", "_l('{} 已通过'.format(name))"),
    ("swallow", "app/exchange/a.py", "try: x()\nexcept Exception: pass"),
    ("swallow", "app/exchange/a.py", "try: x()\nexcept: log()"),
    ("swallow", "app/exchange/a.py", "try: x()\nexcept (ValueError, Exception) as e: log(e)"),
]

# rule, file, innocent code that looks alike
INNOCENT = [
    ("status", "app/workflows/engine.py", "subject.status = transition.target"),
    ("status", "app/models.py", "class A:\n    status: Mapped[str] = mapped_column(default='x')"),
    ("status", "app/queries/a.py", "x = select(A).where(A.status == 1)\nfind(session, status=1)"),
    ("status", "app/dashboards/a.py", "x = {'status': row.status}"),
    ("models", "app/models.py", "class A:\n    @property\n    def name(self): return self.n"),
    ("models", "app/models.py", "class A:\n    def __repr__(self): return ''"),
    (
        "models",
        "app/tables/columns.py",
        "def ref(target): return mapped_column(ForeignKey(target))",
    ),
    ("models", "app/queries/a.py", "def find(): pass"),
    ("commit", "app/views/a.py", "session.commit()"),
    ("commit", "app/operations/a.py", "session.flush()\nsession.begin_nested()"),
    ("clock", "app/cli/a.py", "from datetime import datetime\nx = datetime.now()"),
    ("clock", "app/queries/a.py", "x = context.now\ny = actor.today()"),
    ("bases", "app/views/base.py", "from flask_appbuilder import ModelView"),
    ("bases", "app/views/a.py", "from app.views.base import ModelView"),
    ("raw", "app/queries/a.py", "x = cell.text()"),
    ("translation", "app/views/a.py", "_('%(name)s 已通过', name=f'{first} {last}')"),
    ("swallow", "app/views/a.py", "try: x()\nexcept Exception:\n    undo()\n    raise"),
    ("swallow", "app/views/a.py", "try: x()\nexcept ValueError: y()"),
]


def planted(root: Path, name: str, source: str) -> list[Module]:
    target = root / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(source, encoding="utf-8")
    return modules(root, "app")


@pytest.mark.parametrize("name", RULES)
def test_the_application_keeps_the_rule(name: str) -> None:
    assert violations(APP, rule=RULES[name]) == []


@pytest.mark.parametrize(("name", "path", "source"), OFFENCES)
def test_a_planted_offence_is_caught(name: str, path: str, source: str, tmp_path: Path) -> None:
    found = violations(planted(tmp_path, path, source), rule=RULES[name])

    assert [line.partition(":")[0] for line in found] == [path]


@pytest.mark.parametrize(("name", "path", "source"), INNOCENT)
def test_innocent_code_is_left_alone(name: str, path: str, source: str, tmp_path: Path) -> None:
    assert violations(planted(tmp_path, path, source), rule=RULES[name]) == []


def test_a_class_added_to_the_models_joins_the_status_rule(tmp_path: Path) -> None:
    (models,) = planted(tmp_path, "app/models.py", "class Exemption(Model): pass")
    rule = architecture.stores_a_status(architecture.entity_names(models))

    found = violations(planted(tmp_path, "app/views/a.py", "Exemption(status=1)"), rule=rule)

    assert found == ["app/views/a.py:1: Exemption() stores a status: fire a transition"]


def test_every_exception_for_raw_sql_is_in_use_and_has_a_reason() -> None:
    exempted = architecture.RAW_SQL_ALLOWED

    assert {path: why for path, why in exempted.items() if len(why) < 20} == {}
    assert [path for path in exempted if not (ROOT / path).is_file()] == []


def test_nothing_is_left_unfinished() -> None:
    assert files.matches(ROOT, files.project_files(ROOT), pattern=files.UNFINISHED) == []


def test_no_file_names_a_private_place_or_a_registry() -> None:
    assert files.matches(ROOT, files.project_files(ROOT), pattern=files.PRIVATE_PLACE) == []


def test_every_suppression_says_why() -> None:
    assert files.unexplained_suppressions(ROOT, files.project_files(ROOT)) == []


def test_no_file_outgrows_its_limit() -> None:
    assert files.too_long(ROOT, files.project_files(ROOT)) == []


def test_the_text_rules_catch_what_is_planted(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    mark, path, ignore = "TO" + "DO", "/ho" + "me/ann/x", "# no" + "qa: E501"
    source = dedent(f"""\
        a = 1  # {mark}: finish
        b = "{path}"
        c = 3  {ignore}
        d = 4  {ignore} - the table is wider than a line
        """)
    (tmp_path / "a.py").write_text(source)
    (tmp_path / "long.py").write_text("x = 1\n" * 301)
    (tmp_path / "photo.bin").write_bytes(b"\xff\xfe\x00")
    names = files.project_files(tmp_path)

    assert names == ["a.py", "long.py", "photo.bin"]
    assert files.matches(tmp_path, names, pattern=files.UNFINISHED) == [f"a.py:1: {mark}"]
    assert files.matches(tmp_path, names, pattern=files.PRIVATE_PLACE) == [f"a.py:2: {path[:7]}"]
    assert files.unexplained_suppressions(tmp_path, names) == [f"a.py:3: c = 3  {ignore}"]
    assert files.too_long(tmp_path, names) == ["long.py: 301 lines, at most 300"]
