"""``dingkao run`` and ``check``: what production refuses, and what a second start does not repeat."""

from pathlib import Path

import pytest
from click.testing import CliRunner

import config as configuration
from app import create_app
from app.cli import main
from app.cli.demo import ensure, table
from app.cli.serve import prepare
from app.crypto import new_key_text

GOOD = {
    "DINGKAO_PROFILE": "production",
    "DINGKAO_SECRET_KEY": "x" * 40,
    "DINGKAO_DATA_KEYS": new_key_text(),
    "TRUSTED_HOSTS": "dingkao.example",
}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"DINGKAO_SECRET_KEY": ""}, "DINGKAO_SECRET_KEY"),
        ({"DINGKAO_SECRET_KEY": configuration.KNOWN_SECRET}, "DINGKAO_SECRET_KEY"),
        ({"DINGKAO_SECRET_KEY": "short"}, "DINGKAO_SECRET_KEY"),
        ({"DINGKAO_DATA_KEYS": ""}, "DINGKAO_DATA_KEYS"),
        ({"DINGKAO_DATA_KEYS": configuration.KNOWN_KEYS}, "DINGKAO_DATA_KEYS"),
        ({"DINGKAO_CAPTCHA": "off"}, "DINGKAO_CAPTCHA"),
        ({"DINGKAO_DEBUG": "on"}, "DINGKAO_DEBUG"),
        ({"INITIAL_PASSWORD_MODE": "manual"}, "INITIAL_PASSWORD_MODE"),
        ({"COOKIE_SECURE": "off"}, "COOKIE_SECURE"),
        ({"TRUSTED_HOSTS": ""}, "TRUSTED_HOSTS"),
    ],
)
def test_production_does_not_start_unfit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, str], named: str
) -> None:
    environ = {**GOOD, "DATA_DIR": str(tmp_path), **change}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)

    answer = CliRunner().invoke(main, ["run"])

    assert answer.exit_code == 1
    assert f"not fit for production: {named}" in answer.output
    with pytest.raises(configuration.ConfigurationInvalid, match=named):
        create_app(configuration.load(environ))


def test_a_fit_configuration_has_no_problems(tmp_path: Path) -> None:
    assert configuration.problems(configuration.load({**GOOD, "DATA_DIR": str(tmp_path)})) == []


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(configuration.ConfigurationInvalid, match="staging"):
        configuration.load({"DINGKAO_PROFILE": "staging"})


def test_a_second_start_repeats_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DINGKAO_PROFILE", "demo")
    settings = configuration.load()
    prepare(settings)
    first = table(ensure(hospitals=2, physicians=60))
    mark = next(tmp_path.glob("prepared-*"))
    before = mark.stat().st_mtime_ns

    prepare(settings)
    second = table(ensure())

    assert mark.stat().st_mtime_ns == before
    assert second == first
    assert "hospital-new" in first
    assert "666666" in first


def test_every_command_says_what_it_does() -> None:
    answer = CliRunner().invoke(main, ["--help"])

    assert answer.exit_code == 0
    for name in ("run", "demo", "import-physicians", "permissions", "diagrams", "check"):
        assert name in answer.output
        assert CliRunner().invoke(main, [name, "--help"]).exit_code == 0
