"""The commands, locks and contracts the project is built with."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts import command
from tests.support import files

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LINT_IMPORTS = str(Path(sys.executable).with_name("lint-imports"))


def locked(name: str) -> dict[str, str]:
    pins = re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
    return {canonicalize_name(package): version for package, version in pins}


def unlocked(requirements: list[str], *, pins: dict[str, str]) -> list[str]:
    """The requirements the lock misses or contradicts."""
    wanted = [Requirement(line) for line in requirements]
    return [
        str(one)
        for one in wanted
        if not one.specifier.contains(pins.get(canonicalize_name(one.name), "0"), prereleases=True)
    ]


def shell(words: list[str], *, folder: Path) -> str:
    # The suite is itself started by make, whose variables would make this one speak differently.
    environ = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    done = subprocess.run(
        words, cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_locks_satisfy_what_the_project_asks_for() -> None:
    extras = PROJECT["optional-dependencies"]
    run = PROJECT["dependencies"] + extras["assets"]

    assert unlocked(run, pins=locked("requirements.txt")) == []
    assert unlocked(run + extras["dev"], pins=locked("requirements-dev.txt")) == []
    assert unlocked(["flask<3", "absent>=1"], pins=locked("requirements.txt")) == [
        "flask<3",
        "absent>=1",
    ]


def test_what_is_tested_is_what_runs() -> None:
    tested = locked("requirements-dev.txt")

    assert {name: tested.get(name) for name in locked("requirements.txt")} == locked(
        "requirements.txt"
    )


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_locked_package_has_a_hash(name: str) -> None:
    entries = re.split(r"\n(?=[a-z])", (ROOT / name).read_text(encoding="utf-8"))

    assert len(entries) > 50
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_every_target_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^\.PHONY: (\S+)", makefile, re.MULTILINE)

    listed = [line.split()[0] for line in shell(["make", "help"], folder=ROOT).splitlines()]

    assert sorted(listed) == sorted(targets)
    assert {"setup", "setup-dev", "run", "check", "test", "bench", "messages"} <= set(listed)


def test_a_second_start_installs_nothing(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    sources = "package.json package-lock.json .npmrc requirements.txt requirements-dev.txt"
    catalogue = "translations/en/LC_MESSAGES/messages"
    made = ".venv/bin/python .venv/.dev .venv/.run .venv/.assets .venv/bin/dingkao"
    names = f"{sources} scripts/assets.py scripts/command.py {catalogue}.po {made} {catalogue}.mo"
    for name in names.split():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    second = shell(["make", "--dry-run", "run"], folder=tmp_path)
    (tmp_path / "requirements.txt").write_text("flask")
    (tmp_path / ".venv/.run").unlink()
    after_a_change = shell(["make", "--dry-run", "run"], folder=tmp_path)

    assert second == "exec .venv/bin/dingkao run\n"
    assert "install --require-hashes -r requirements.txt" in after_a_change


def test_the_command_runs_from_any_folder_and_an_awkward_path(tmp_path: Path) -> None:
    project, elsewhere = tmp_path / ("a folder " + "x" * 120), tmp_path / "elsewhere"
    cli = project / "app" / "cli"
    cli.mkdir(parents=True)
    elsewhere.mkdir()
    source = "import sys\ndef main():\n    print('ran', sys.argv[1:])\n    return 3\n"
    (cli / "__init__.py").write_text(source)
    shell([sys.executable, "-m", "venv", "--without-pip", str(project / ".venv")], folder=project)
    python = project / ".venv/bin/python"
    (packages,) = project.glob(".venv/lib/python*/site-packages")

    written = command.install(project=project, python=python, packages=packages)
    done = subprocess.run(
        [written, "run"], cwd=elsewhere, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (3, "ran ['run']\n", "")


@pytest.mark.parametrize("name", [".ci/run", "scripts/test.sh", "scripts/venv.sh"])
def test_a_script_is_sound_bash_and_may_be_executed(name: str) -> None:
    shell(["bash", "-n", name], folder=ROOT)

    assert (ROOT / name).stat().st_mode & 0o111


@pytest.mark.parametrize(
    ("offender", "source", "contract"),
    [
        ("app/queries/planted.py", "import app.workflows", "Higher imports lower"),
        ("app/dashboards/planted.py", "import app.exchange", "Higher imports lower"),
        ("app/enums.py", "import app.views", "Higher imports lower"),
        ("app/unplaced/__init__.py", "", "Higher imports lower"),
        ("app/operations/planted.py", "from flask import g", "Below the views"),
        ("app/security/planted.py", "import werkzeug.security", "Below the views"),
    ],
)
def test_a_planted_import_breaks_its_contract(
    offender: str, source: str, contract: str, tmp_path: Path
) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name in files.project_files(ROOT):
        if name.startswith("app/") and name.endswith(".py"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "app/__init__.py").touch()
    (tmp_path / offender).parent.mkdir(exist_ok=True)
    (tmp_path / offender).write_text(source)

    words = [LINT_IMPORTS, "--no-logo", "--no-cache"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert [line for line in done.stdout.splitlines() if re.search(rf"^{contract}.*BROKEN", line)]
