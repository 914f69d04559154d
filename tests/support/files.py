"""Rules about the text of the project's files, whatever language they are in."""

import re
import subprocess
from pathlib import Path
from typing import Final

LONGEST: Final = 300
LONGEST_TEST: Final = 500  # a story is read from its beginning

# Put together from parts, so that this file does not accuse itself.
UNFINISHED: Final = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
PRIVATE_PLACE: Final = re.compile(
    r"(?<![\w.])/(?:ro" + r"ot|ho" + r"me|wo" + r"rk|Us" + r"ers)/[\w.]"
    r"|(?<![\w.])/t" + r"mp/\w"
    r"|registry\.np" + r"mjs|py" + r"pi\.org/simple|files\.python" + r"hosted"
    r"|--(?:extra-)?index-" + r"url[ =]|\"resol" + r"ved\": \"http"
)
SUPPRESSION: Final = re.compile(
    r"#\s*(?:no" + r"qa(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?"
    r"|type:\s*ig" + r"nore(?:\[[\w, -]+\])?"
    r"|prag" + r"ma: no cover)(?P<reason>.*)"
)


def project_files(root: Path) -> list[str]:
    """The files git knows or would add, as paths relative to root."""
    words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(words, cwd=root, check=True, capture_output=True).stdout
    names = sorted({name for name in listed.decode().split("\0") if name})
    return [name for name in names if (root / name).is_file()]


def read_text(root: Path, name: str) -> str:
    """The file's text, or '' for one that is not text."""
    try:
        return (root / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def matches(root: Path, names: list[str], *, pattern: re.Pattern[str]) -> list[str]:
    """Where the pattern occurs, as ``path:line: text``."""
    return [
        f"{name}:{number}: {found.group()}"
        for name in names
        for number, line in enumerate(read_text(root, name).splitlines(), start=1)
        if (found := pattern.search(line))
    ]


def unexplained_suppressions(root: Path, names: list[str]) -> list[str]:
    """Where a tool is told to look away without a reason after it."""
    return [
        f"{name}:{number}: {line.strip()}"
        for name in names
        if name.endswith(".py")
        for number, line in enumerate(read_text(root, name).splitlines(), start=1)
        for found in SUPPRESSION.finditer(line)
        if len(re.findall(r"\w", found["reason"])) < 4
    ]


def too_long(root: Path, names: list[str]) -> list[str]:
    """Python files longer than their limit; migrations are written by a tool and exempt."""
    lengths = {
        name: len(read_text(root, name).splitlines())
        for name in names
        if name.endswith(".py") and not name.startswith("app/migrations/versions/")
    }
    return [
        f"{name}: {lines} lines, at most {_limit(name)}"
        for name, lines in lengths.items()
        if lines > _limit(name)
    ]


def _limit(name: str) -> int:
    return LONGEST_TEST if name.startswith("tests/") else LONGEST
