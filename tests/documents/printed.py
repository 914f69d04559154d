"""What tests of printed papers share: names that few faces can draw, certificates, and reading a PDF."""

from datetime import date, datetime
from io import BytesIO
from random import Random
from typing import Any

import pypdf
import pypdfium2
import zxingcpp

from app.documents import faces
from app.models import Certificate
from app.operations import certificates

BASE = "https://dingkao.example"
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"


def rare_characters(number: int, *, seed: int = 7) -> list[str]:
    """Draw characters that the usual face lacks, most of them beyond U+FFFF."""
    chance = Random(seed)
    ranges = [
        (first, last)
        for name, listed in faces._index().items()
        if "Unified" in name
        for first, last in listed
    ]
    usual = faces._usual().face.charToGlyph
    found: list[str] = []
    while len(found) < number:
        first, last = chance.choice(ranges)
        code = chance.randint(first, last)
        if code > 0xFF and code not in usual and not faces.missing(chr(code)):
            found.append(chr(code))
    return found


def names(number: int, *, seed: int = 7) -> list[str]:
    """Give names with one rare character, some with two, and the minority's middle dot."""
    chance = Random(seed)
    rare = rare_characters(number * 2, seed=seed)
    found = []
    for place in range(number):
        first, second = rare[2 * place : 2 * place + 2]
        name = chance.choice(_SURNAMES) + first + (second if place % 3 == 0 else "")
        found.append(f"{name}·买买提" if place % 10 == 9 else name)
    return found


def certificate(name: str = "丁自然", number: int = 1, **facts: Any) -> Certificate:
    """Make a certificate that no database knows."""
    known: dict[str, Any] = {
        "title": "医师定期考核合格证书", "name": name, "institution": "平城区医院",
        "category": "CLINICAL", "level": "PHYSICIAN", "cycle": "02", "starts_on": "2024-05-10",
        "last_day": "2024-10-31", "result": "PASS", "issuer": "山西省卫生健康委员会",
        "note": "本证书加盖发证机关公章后方可生效。", "number": f"晋-02-{number:08d}",
        "issued_on": "2024-11-05", **facts,
    }  # fmt: skip
    return Certificate(
        token=f"token{number:017d}", number=known["number"], facts=known,
        seal=certificates.sealed(known), issued_on=date(2024, 11, 5),
        issued_at=datetime(2024, 11, 5), issued_by="裴知内",
    )  # fmt: skip


def pages(content: bytes) -> list[str]:
    """Give the text of each page, as somebody copies it."""
    return [one.extract_text() for one in pypdf.PdfReader(BytesIO(content)).pages]


def codes(content: bytes, page: int = 0) -> list[str]:
    """Give what a camera reads from a page."""
    picture = pypdfium2.PdfDocument(content)[page].render(scale=3).to_pil()
    return [one.text for one in zxingcpp.read_barcodes(picture)]
