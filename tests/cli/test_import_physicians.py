"""``dingkao import-physicians`` imports like the page; its exit code says how it went."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from app.cli.import_physicians import import_physicians
from app.models import Department, Institution, Physician, TrailEntry
from tests.support.site import Site

DATA = Path(__file__).parents[1] / "data"
GOOD, MESSY = DATA / "roster_changzhi_120.xlsx", DATA / "roster_pingcheng_messy.xlsx"


@pytest.fixture
def command(site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Site:
    """The demo as the environment of a command."""
    url = site.url.replace("sqlite:///", "sqlite+pysqlite:///")
    monkeypatch.setenv("DINGKAO_PROFILE", "test")
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    return site


def run(file: Path, *options: str) -> Result:
    return CliRunner().invoke(import_physicians, [str(file), *options])


def code_of(site: Site, name: str) -> str:
    with site.session() as session:
        code: str = session.scalars(select(Institution.uscc).where(Institution.name == name)).one()
        return code


def count(site: Site, model: type[Physician] | type[Department], name: str) -> int:
    with site.session() as session:
        wanted = select(func.count()).select_from(model).join(Institution)
        return int(session.scalar(wanted.where(Institution.name == name)))


def test_a_good_roster_is_imported_with_exit_code_0(command: Site) -> None:
    done = run(GOOD, "--institution", code_of(command, "长治市医院"))

    assert done.exit_code == 0, done.output
    assert "可导入120行，已存在0行，有误0行，缺少科室10个。" in done.output
    assert "缺少科室：骨科（骨科专业）" in done.output
    assert "导入完成：新增医师120名，已存在未作改动0行，未导入0行。" in done.output
    assert count(command, Physician, "长治市医院") == 120
    assert count(command, Department, "长治市医院") == 10
    with command.session() as session:
        entry = select(TrailEntry.actor_name).where(TrailEntry.action_label == "批量导入医师")
        assert session.scalars(entry).all() == ["系统"]


def test_the_same_roster_again_changes_nothing(command: Site) -> None:
    code = code_of(command, "长治市医院")
    run(GOOD, "--institution", code)

    again = run(GOOD, "--institution", code)

    assert again.exit_code == 0
    assert "新增医师0名，已存在未作改动120行，未导入0行" in again.output
    assert count(command, Physician, "长治市医院") == 120


def test_a_dry_run_reports_and_changes_nothing(command: Site) -> None:
    before = count(command, Physician, "平城区医院")

    done = run(MESSY, "--institution", code_of(command, "平城区医院"), "--dry-run")

    assert done.exit_code == 1
    assert "可导入40行，已存在0行，有误14行" in done.output
    assert "第49行" in done.output
    assert "执业证取得时间：日期“2019-02-30”不存在，请核对年、月、日" in done.output
    assert done.output.rstrip().endswith("仅预检，未改动任何数据。")
    assert count(command, Physician, "平城区医院") == before


def test_a_clean_dry_run_ends_with_0(command: Site) -> None:
    done = run(GOOD, "--institution", code_of(command, "长治市医院"), "--dry-run")

    assert done.exit_code == 0
    assert count(command, Physician, "长治市医院") == 0


def test_good_rows_are_imported_and_refused_rows_make_the_exit_code_1(command: Site) -> None:
    before = count(command, Physician, "平城区医院")

    done = run(MESSY, "--institution", code_of(command, "平城区医院"))

    assert done.exit_code == 1
    assert "新增医师40名，已存在未作改动0行，未导入14行" in done.output
    assert count(command, Physician, "平城区医院") == before + 40


def test_all_or_nothing_imports_nothing_while_a_row_is_refused(command: Site) -> None:
    before = count(command, Physician, "平城区医院")

    done = run(MESSY, "--institution", code_of(command, "平城区医院"), "--all-or-nothing")

    assert done.exit_code == 1
    assert "有14行不能导入，因此未导入任何数据" in done.output
    assert count(command, Physician, "平城区医院") == before


def test_rows_without_a_department_are_reported_when_none_may_be_created(command: Site) -> None:
    code = code_of(command, "长治市医院")

    done = run(GOOD, "--institution", code, "--no-create-departments")

    assert done.exit_code == 1
    assert done.output.count("本机构没有科室“骨科”") == 9
    assert count(command, Physician, "长治市医院") == 0


def test_an_unreadable_file_is_refused_in_plain_words(command: Site, tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(b"%PDF-1.7")

    done = run(file, "--institution", code_of(command, "平城区医院"))

    assert done.exit_code == 1
    assert "内容与扩展名不符" in done.output


def test_an_unknown_institution_is_refused(command: Site) -> None:
    done = run(GOOD, "--institution", "000000000000000000")

    assert done.exit_code == 2
    assert "0 institutions have the code" in done.output
