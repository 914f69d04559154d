"""Faces: the usual one with 30,000 characters, and for rare ones (生僻字) those files that have them.

A file of rare characters is read when a document first needs it. ReportLab writes characters
beyond U+FFFF into the text layer in a form that no reader accepts; ``to_unicode`` does it right.
"""

import json
from functools import cache
from io import BytesIO
from pathlib import Path
from threading import Lock

from fontTools.ttLib import TTFont as Face
from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfbase.ttfonts import TTFont
from xhtml2pdf import default

FOLDER = Path(__file__).parent / "faces"
USUAL = "dingkao"
_LOCK = Lock()


class FacesMissing(RuntimeError):
    """The faces have not been copied: ``make setup`` does it."""


def families(text: str) -> list[str]:
    """Give the families in which a text can be printed, made known to the renderer."""
    with _LOCK:
        usual = _usual()
        wanted = sorted({ord(char) for char in text} - usual.face.charToGlyph.keys())
        found = [USUAL]
        for code in wanted:
            name = _file_of(code)
            if name is not None and (family := _rare(name)) not in found:
                found.append(family)
    return found


def missing(text: str) -> str:
    """Give the characters of a text that no face has; blanks and line ends are no characters."""
    names = families(text)
    known = [pdfmetrics.getFont(name).face.charToGlyph for name in names]
    return "".join(
        dict.fromkeys(
            char for char in text if not char.isspace() and all(ord(char) not in k for k in known)
        )
    )


def to_unicode(fontname: str, subset: list[int]) -> str:
    """Write the text layer of one face: characters beyond U+FFFF as two units (UTF-16)."""
    lines = [
        f"<{code:02X}> <{chr(char).encode('utf-16-be', 'surrogatepass').hex().upper()}>"
        for code, char in enumerate(subset)
    ]
    return "\n".join(
        (
            "/CIDInit /ProcSet findresource begin",
            "12 dict begin",
            "begincmap",
            f"/CIDSystemInfo << /Registry ({fontname}) /Ordering ({fontname}) /Supplement 0 >> def",
            f"/CMapName /{fontname} def",
            "/CMapType 2 def",
            f"1 begincodespacerange <00> <{len(subset) - 1:02X}> endcodespacerange",
            *_blocks(lines),
            "endcmap",
            "CMapName currentdict /CMap defineresource pop",
            "end",
            "end",
        )
    )


def _blocks(lines: list[str]) -> list[str]:
    """At most a hundred lines stand in one block."""
    found = []
    for start in range(0, len(lines), 100):
        some = lines[start : start + 100]
        found += [f"{len(some)} beginbfchar", *some, "endbfchar"]
    return found


@cache
def _usual() -> TTFont:
    ttfonts.makeToUnicodeCMap = to_unicode
    if not (FOLDER / "regular.ttf").is_file():
        raise FacesMissing("run 'make setup': the faces of documents are missing")
    regular = _register(USUAL, TTFont(USUAL, str(FOLDER / "regular.ttf")))
    bold = f"{USUAL}-bold"
    _register(bold, TTFont(bold, str(FOLDER / "bold.ttf")))
    for is_bold in (0, 1):
        for is_italic in (0, 1):
            addMapping(USUAL, is_bold, is_italic, bold if is_bold else USUAL)
    return regular


@cache
def _rare(name: str) -> str:
    """Make a file of rare characters known; it has one weight."""
    family = f"rare-{name.rpartition('.')[0].rpartition('Ideographs')[2].strip('-').lower()}"
    family = f"{name[:8].lower()}-{family}"
    plain = BytesIO()
    with Face(FOLDER / name) as face:
        face.flavor = None
        face.save(plain)
    plain.seek(0)
    _register(family, TTFont(family, plain))
    for style in ((0, 0), (1, 0), (0, 1), (1, 1)):
        addMapping(family, *style, family)
    return family


def _register(family: str, face: TTFont) -> TTFont:
    pdfmetrics.registerFont(face)
    default.DEFAULT_FONT[family] = family
    return face


@cache
def _index() -> dict[str, list[tuple[int, int]]]:
    stored = json.loads((FOLDER / "rare.json").read_text(encoding="utf-8"))
    return {name: [(first, last) for first, last in ranges] for name, ranges in stored.items()}


def _file_of(code: int) -> str | None:
    for name, ranges in _index().items():
        if any(first <= code <= last for first, last in ranges):
            return name
    return None
