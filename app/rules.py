"""The rules of a cycle as a typed document: every number the law or a province may change (domain 1.9)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from app.enums import N_, Procedure

PAPERS = (N_("公共知识"), N_("业务水平"))


class RulesInvalid(ValueError):
    """The stored document is not one that this version can read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleRules:
    """The rules of one cycle. Defaults cite their article; years, days and months are whole numbers."""

    document_version: int = 1
    practice_years_on: date | None = None  # day to which years of practice count; None: last day
    simplified_years_good: int = 5  # art. 21 (1)
    simplified_years_clean: int = 12  # art. 21 (2)
    provincial_grounds: tuple[str, ...] = ()  # art. 21 (3)
    papers_general: tuple[str, ...] = PAPERS  # art. 14; the manual's two papers
    papers_simplified: tuple[str, ...] = (PAPERS[0],)  # domain 8.4; empty: no paper (art. 21)
    pass_mark_physician: int = 60
    pass_mark_assistant: int = 60
    makeup_rounds: int = 1
    statement_min_length: int = 500  # domain 2.3
    statement_max_length: int = 3000
    notice_days: int = 60  # art. 12
    opinion_days: int = 30  # art. 13
    filing_days: int = 30  # art. 15
    objection_days: int = 30  # art. 24
    suspension_months_min: int = 3  # 医师法 art. 42
    suspension_months_max: int = 6

    def papers(self, procedure: Procedure) -> tuple[str, ...]:
        """Give the papers that a procedure requires; empty when none is sat."""
        return self.papers_general if procedure is Procedure.GENERAL else self.papers_simplified

    def to_document(self) -> dict[str, Any]:
        """Give the JSON document that is stored with the cycle."""
        document = asdict(self)
        if self.practice_years_on is not None:
            document["practice_years_on"] = self.practice_years_on.isoformat()
        for key, value in document.items():
            if isinstance(value, tuple):
                document[key] = list(value)
        return document

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "CycleRules":
        """Read a stored document; missing entries take the default.

        :raises RulesInvalid: unknown entries or an unknown document version.
        """
        known = {field.name for field in fields(cls)}
        unknown = set(document) - known
        if unknown or document.get("document_version", 1) != 1:
            raise RulesInvalid(f"unknown rules: {sorted(unknown)}")
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in document.items()
        }
        if values.get("practice_years_on"):
            values["practice_years_on"] = date.fromisoformat(values["practice_years_on"])
        return cls(**values)
