"""The rules of a cycle as a typed document: every number the law or a province may change (domain 1.9)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any

from app.enums import N_, Procedure

PAPERS = (N_("公共知识"), N_("业务水平"))
EXEMPTION_GROUNDS = (  # art. 23
    N_("考核周期内取得住院医师规范化培训合格证书"),
    N_("考核周期内通过高一级专业技术职务任职资格考试"),
)
DEFERRAL_GROUNDS = (  # domain 1.7: an assumption, for no article lists them
    N_("疾病"),
    N_("怀孕或分娩"),
    N_("援外、援疆或援藏"),
    N_("外出进修"),
    N_("不可抗力"),
)
TERMS = {
    "notice_days": N_("考核通知提前天数"),  # art. 12
    "opinion_days": N_("出具评定意见天数"),  # art. 13
    "filing_days": N_("考核结果备案天数"),  # art. 15
}
"""Terms in days with their words; a cycle's rules may count any of them in working days."""
IN_ORDER = N_("按科目顺序参加测评，前一科目合格后才能参加后一科目")
SHOWS_SCORE = N_("交卷后立即显示成绩")
REVIEW_FIRST = N_("监考人员查看后才判定成绩")
MARK_HOLDS = N_("疑似标记期间暂缓判定结果")
TWO_PROCTORS = N_("认定作弊须由两人进行")
NO_MAKEUP = N_("认定作弊的不得补考")
EXAM_RULES = (IN_ORDER, SHOWS_SCORE, REVIEW_FIRST, MARK_HOLDS, TWO_PROCTORS, NO_MAKEUP)
"""What may hold for sitting papers and proctoring, in words; a cycle's rules name those that hold."""
_DAYS = ("practice_years_on", "exemption_from", "exemption_until")


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
    exemption_grounds: tuple[str, ...] = EXEMPTION_GROUNDS  # art. 23
    exempted_papers: tuple[str, ...] = (PAPERS[1],)  # art. 23: 业务水平测评 is deemed 合格
    exemption_from: date | None = None  # None: the window of the examination
    exemption_until: date | None = None
    deferral_grounds: tuple[str, ...] = DEFERRAL_GROUNDS
    pass_mark_physician: int = 60
    pass_mark_assistant: int = 60
    makeup_rounds: int = 1
    attempts: int = 1  # sittings of one paper in one round
    snapshot_seconds: int = 150  # one picture in so many seconds on average; 0: none
    photo_days: int = 180  # days after the sitting until its pictures are deleted
    exam_rules: tuple[str, ...] = (SHOWS_SCORE, MARK_HOLDS, TWO_PROCTORS, NO_MAKEUP)  # domain 8.3
    statement_min_length: int = 500  # domain 2.3
    statement_max_length: int = 3000
    notice_days: int = 60  # art. 12
    opinion_days: int = 30  # art. 13
    filing_days: int = 30  # art. 15
    objection_days: int = 30  # art. 24
    suspension_months_min: int = 3  # 医师法 art. 42
    suspension_months_max: int = 6
    working_days: tuple[str, ...] = ()  # words of the terms that count working days
    certificate_title: str = N_("医师定期考核合格证书")
    certificate_issuer: str = ""  # empty: the office that issues it
    certificate_prefix: str = ""  # before the number
    certificate_note: str = N_("本证书加盖发证机关公章后方可生效。")  # manual 1.10
    agency_min_beds: int = 100  # art. 7 (1)
    agency_min_physicians: int = 50  # art. 7 (2)

    def papers(self, procedure: Procedure) -> tuple[str, ...]:
        """Give the papers that a procedure requires; empty when none is sat."""
        return self.papers_general if procedure is Procedure.GENERAL else self.papers_simplified

    def differing(self, other: "CycleRules") -> tuple[str, ...]:
        """Name the rules in which both differ, in their order."""
        return tuple(
            field.name
            for field in fields(self)
            if getattr(self, field.name) != getattr(other, field.name)
        )

    def with_rules(self, changes: Mapping[str, Any]) -> "CycleRules":
        """Give the same rules with some changed."""
        return replace(self, **changes)

    @property
    def all_papers(self) -> tuple[str, ...]:
        """Every paper that somebody sits, each once, in their order."""
        return tuple(dict.fromkeys((*self.papers_general, *self.papers_simplified)))

    @property
    def working_day_rules(self) -> frozenset[str]:
        """The terms that count working days, by the names of their rules."""
        return frozenset(name for name, word in TERMS.items() if word in self.working_days)

    def to_document(self) -> dict[str, Any]:
        """Give the JSON document that is stored with the cycle."""
        document = asdict(self)
        for name in _DAYS:
            if document[name] is not None:
                document[name] = document[name].isoformat()
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
        for name in _DAYS:
            if values.get(name):
                values[name] = date.fromisoformat(values[name])
        return cls(**values)
