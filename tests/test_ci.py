"""What runs unattended: it installs what is missing, and never passes by leaving something out."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).resolve().parents[1]
PRESENT = ("chromium", "git", "python3.11", "soffice")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """The only programs .ci/run may find; apt-get and make only write down their call."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("bash", "dirname", "grep"):
        (programs / name).symlink_to(str(shutil.which(name)))
    write(programs / "sleep", "exit 0")
    write(programs / "make", 'echo "make $* CI=$CI" >>"$CALLS"')
    write(programs / "apt-get", 'echo "apt-get $*" >>"$CALLS"; exit "$(<"$APT_STATUS")"')
    (tmp_path / "status").write_text("0")
    return tmp_path


def write(program: Path, body: str) -> None:
    program.write_text(f"#!{shutil.which('bash')}\n{body}\n")
    program.chmod(0o755)


def run_ci(machine: Path) -> tuple[int, list[str]]:
    """The exit status of .ci/run on the machine, and the calls it made."""
    calls = machine / "calls"
    environment = {
        "PATH": str(machine / "programs"),
        "CALLS": str(calls),
        "APT_STATUS": str(machine / "status"),
    }
    done = subprocess.run(
        ["bash", str(ROOT / ".ci/run")], env=environment, capture_output=True, check=False
    )
    return done.returncode, calls.read_text().splitlines()


def test_what_is_missing_is_installed_before_the_tests(machine: Path) -> None:
    status, (update, install, tests) = run_ci(machine)

    assert status == 0
    assert update.endswith(" update")
    wanted = {"chromium", "fonts-noto-cjk", "git", "libreoffice-calc-nogui", "python3-venv"}
    assert wanted <= set(install.split())
    assert tests == "make test CI=true"


@pytest.mark.usefixtures("postgres")
def test_nothing_is_fetched_when_nothing_is_missing(machine: Path) -> None:
    for name in PRESENT:
        write(machine / "programs" / name, "exit 0")
    write(machine / "programs" / "fc-list", "echo font")

    assert run_ci(machine) == (0, ["make test CI=true"])


def test_an_installation_that_keeps_failing_fails_the_run(machine: Path) -> None:
    (machine / "status").write_text("100")

    status, calls = run_ci(machine)

    assert status == 1
    assert [call.split()[-1] for call in calls] == ["update"] * 3


@pytest.mark.parametrize(("ci", "status"), [("true", 1), ("", 0)])
def test_a_skipped_test_fails_only_in_ci(ci: str, status: int, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tests/support", tmp_path / "tests/support")
    for name in ("tests/conftest.py", "tests/__init__.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    source = """\
        import pytest

        @pytest.mark.skip(reason="planted")
        def test_planted():
            pass
        """
    (tmp_path / "tests/test_planted.py").write_text(dedent(source))

    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    environment = {**os.environ, "CI": ci}
    done = subprocess.run(
        words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == status, done.stdout
    assert ("which CI does not allow" in done.stdout) is bool(ci)
