"""``dingkao permissions``: the matrix on the command line."""

import csv
import io

import pytest
from click.testing import CliRunner

from app.cli import main
from app.security.roles import declared
from tests.support.site import Site

COUNT = sum(len(pairs) for pairs in declared().values())


def test_the_table_has_one_line_for_each_permission() -> None:
    answer = CliRunner().invoke(main, ["permissions", "--declared"])

    lines = answer.output.splitlines()
    assert answer.exit_code == 0, answer.output
    assert len(lines) == COUNT + 1
    assert lines[0].split() == ["角色", "类型", "页面", "权限", "数据范围", "代码"]
    found = [line.split() for line in lines if "InstitutionView.can_reset" in line]
    assert found == [
        ["卫生行政部门", "系统内置", "医疗卫生机构管理", "重置密码", "本级及下级",
         "InstitutionView.can_reset"],
    ]  # fmt: skip


def test_csv_holds_roles_made_in_pages(
    site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    from tests.views.test_role import _make

    _make(site, "查看员", ("can_list", "CycleView"))
    monkeypatch.setenv("DINGKAO_PROFILE", "test")
    monkeypatch.setenv("DATABASE_URL", site.url.replace("sqlite:///", "sqlite+pysqlite:///"))
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    answer = CliRunner().invoke(main, ["permissions", "--csv"])

    assert answer.exit_code == 0, answer.output
    rows = list(csv.reader(io.StringIO(answer.stdout_bytes.decode("utf-8-sig"))))
    assert len(rows) == COUNT + 2
    assert rows[-1] == [
        "查看员",
        "页面设置",
        "考核周期",
        "查看列表",
        "按账号身份",
        "CycleView.can_list",
    ]
