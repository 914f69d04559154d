"""LibreOffice without a screen: many spreadsheets opened by one process, read as plain XML."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_SECONDS = 240
# Separator comma, quote ", UTF-8, from line 1; the last field evaluates what looks like a formula.
CSV_FILTER = "Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,0,true"


class LibreOfficeUnavailable(RuntimeError):
    """No LibreOffice here; the message says what to install."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What stands in a spreadsheet after LibreOffice opened it."""

    formulas: list[str]
    texts: frozenset[str]


def find_libreoffice() -> str:
    """Return the path of LibreOffice.

    :raises LibreOfficeUnavailable: there is none.
    """
    found = shutil.which("soffice")
    if found is None:
        raise LibreOfficeUnavailable(
            "LibreOffice is not installed (on Debian: apt-get install libreoffice-calc-nogui)"
        )
    return found


def opened(files: Sequence[Path], *, folder: Path, infilter: str | None = None) -> list[Opened]:
    """Open files of one kind and give what LibreOffice made of each, in their order."""
    made = folder / "converted"
    command = [
        find_libreoffice(),
        f"-env:UserInstallation=file://{folder}/profile",  # of its own: another may be running
        "--headless",
        "--convert-to",
        "fods",
        "--outdir",
        str(made),
    ]
    if infilter is not None:
        command.append(f"--infilter={infilter}")
    subprocess.run([*command, *map(str, files)], check=True, capture_output=True, timeout=_SECONDS)
    return [_read(made / f"{file.stem}.fods") for file in files]


def _read(file: Path) -> Opened:
    cells = list(_cells(file))
    formulas = [formula for formula, _text in cells if formula is not None]
    return Opened(formulas, frozenset(text for _formula, text in cells if text))


def _cells(file: Path) -> Iterator[tuple[str | None, str]]:
    tree = ElementTree.parse(file)  # noqa: S314 - LibreOffice wrote it a moment ago
    for cell in tree.getroot().iter(f"{_TABLE}table-cell"):
        lines = ["".join(_letters(line)) for line in cell.findall(f"{_TEXT}p")]
        yield cell.get(f"{_TABLE}formula"), "\n".join(lines)


def _letters(node: ElementTree.Element) -> Iterator[str]:
    """The letters of a paragraph; runs of spaces and tabs are elements of their own."""
    yield node.text or ""
    for inner in node:
        if inner.tag == f"{_TEXT}s":
            yield " " * int(inner.get(f"{_TEXT}c", "1"))
        elif inner.tag == f"{_TEXT}tab":
            yield "\t"
        yield from _letters(inner)
        yield inner.tail or ""
