"""合格证书 as PDF: every word from the facts of the row, the photo from the portrait, in Chinese."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from app.documents import rendering
from app.enums import Category, PhysicianLevel, Verdict
from app.models import Certificate
from app.operations import certificates

LANGUAGE = "zh"
"""The language of documents that the law knows."""


def drawn(rows: Sequence[tuple[Certificate, bytes | None]], *, base: str) -> bytes:
    """Draw certificates, a page each; ``rows`` pairs one with the JPEG of its holder.

    ``base`` is the address of the site, without a slash at its end.

    :raises DocumentRefused: see :func:`app.documents.rendering.pdf`.
    """
    with force_locale(LANGUAGE):
        pages = [_page(row, photo, base=base) for row, photo in rows]
        return rendering.pdf("certificate.html", {"certificates": pages, "lang": LANGUAGE})


def address(row: Certificate, *, base: str) -> str:
    """Give the address that the QR code carries."""
    return f"{base}/v/{row.token}"


def words(row: Certificate) -> list[tuple[str, str]]:
    """Give what is printed beside the photo: label and value."""
    facts = row.facts
    category, level = Category[facts["category"]], PhysicianLevel[facts["level"]]
    return [
        (_("姓名"), facts["name"]),
        (_("医疗卫生机构"), facts["institution"]),
        (_("执业类别"), str(category.label)),
        (_("医师级别"), str(level.label)),
        (_("考核周期"), _period(facts)),
        (_("考核结果"), str(Verdict[facts["result"]].label)),
    ]


def _page(row: Certificate, photo: bytes | None, *, base: str) -> dict[str, Any]:
    facts = row.facts
    there = address(row, base=base)
    title, note, result = facts["title"], facts["note"], Verdict[facts["result"]]
    return {
        "title": _(title),
        "rows": words(row),
        "statement": _(
            "经考核，%(name)s在第%(cycle)s周期医师定期考核中，考核结果为%(result)s。",
            name=facts["name"], cycle=facts["cycle"], result=str(result.label),
        ),
        "photo": rendering.picture(photo) if photo else None,
        "issuer": facts["issuer"],
        "issued": _day(facts["issued_on"]),
        "number": facts["number"],
        "check": certificates.check_code(row),
        "address": there,
        "shown": there,
        "note": _(note) if note else "",
    }  # fmt: skip


def _period(facts: dict[str, Any]) -> str:
    if not facts["starts_on"] or not facts["last_day"]:
        return str(facts["cycle"])
    return _(
        "%(cycle)s（%(first)s至%(last)s）",
        cycle=facts["cycle"], first=_day(facts["starts_on"]), last=_day(facts["last_day"]),
    )  # fmt: skip


def _day(written: str) -> str:
    day = date.fromisoformat(written)
    return _("%(y)s年%(m)s月%(d)s日", y=day.year, m=day.month, d=day.day)
