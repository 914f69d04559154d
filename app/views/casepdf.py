"""医师定期考核表: the whole case as PDF, numbers masked as on the screen."""

from collections.abc import Sequence
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup

from app.documents import rendering
from app.documents.certificates import LANGUAGE
from app.enums import Role
from app.extensions import db
from app.models import Assessment
from app.queries import assessments
from app.views import casefacts, casenotes, printing, resultfacts


def drawn(case: Assessment) -> bytes:
    """Draw a case that was read for PAPER.

    :raises DocumentRefused: see :func:`app.documents.rendering.pdf`.
    """
    with force_locale(LANGUAGE):
        sent = case.participation.registration if case.submitted_at is not None else None
        work = [
            *casefacts.work(case, sent),
            *casenotes.sections(case, sent),
            *casefacts.opinions(case, roles=(Role.INSTITUTION, Role.AGENCY)),
            resultfacts.explained(case),
            casefacts.outcome(case),
        ]
        entries = assessments.trail_of(db.session(), participation_id=case.participation_id)
        values = {
            "lang": LANGUAGE,
            "title": _("医师定期考核表"),
            "facts": [
                (_("姓名"), case.physician.name),
                (_("医疗卫生机构"), case.institution.name),
                (_("考核周期"), case.cycle.label),
                *printing.facts(),
            ],
            "parts": [
                (_("医师信息"), _plain(casefacts.info(case, sent, reveal=False))),
                (_("工作业绩、职业道德"), _plain(work)),
            ],
            "timeline": [
                (one["at"], one["actor"], one["action"], one["comment"] or "")
                for one in casefacts.timeline(entries)
            ],
        }
        return rendering.pdf("case.html", values)


def _plain(sections: Sequence[casefacts.Section]) -> list[dict[str, Any]]:
    return [
        {
            "heading": one.heading,
            "facts": [(label, _text(value)) for label, value in one.facts],
            "tables": [
                {
                    "title": table.title,
                    "headers": table.headers,
                    "rows": [[_text(cell) for cell in row] for row in table.rows],
                }
                for table in one.tables
            ],
            "text": one.text,
        }
        for one in sections
    ]


def _text(value: Any) -> str:
    """Words alone: what is a chip or a link on the screen is its words on paper."""
    if value is None or value == "":
        return "—"
    return value.striptags() if isinstance(value, Markup) else str(value)
