"""结果认定: what a case comes to by its facts, part by part, and the article each part rests on.

Derived anew whenever it is asked for, so that a result can be explained and recomputed; what is
stored with a conclusion is the derivation of that moment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.enums import N_, OpinionPart, PaperStatus, ResultGround, ResultPart, Role, Verdict
from app.models import Assessment, Paper
from app.operations import papers
from app.queries import cycles

G, P = ResultGround, ResultPart
ARTICLES: Mapping[ResultGround, str] = {
    G.OPINION: N_("管理办法第十一条、第二十二条"),
    G.PAPER: N_("管理办法第十四条、第二十二条"),
    G.EXEMPT: N_("管理办法第二十三条"),
    G.VOID: N_("管理办法第二十七条"),
    G.ABSENT: N_("管理办法第二十七条"),
    G.NO_PAPER: N_("管理办法第二十一条"),
    G.SKIPPED: N_("管理办法第二十二条"),
    G.ACT: N_("管理办法第二十七条"),
    G.LAPSED: N_("管理办法第二十七条"),
    G.REVISED: N_("管理办法第二十四条"),
    G.FRAUD: N_("管理办法第三十一条"),
}
RULED_OUT = frozenset({G.LAPSED, G.FRAUD})
"""Rulings on the whole that leave nothing else to judge."""
_PARTS = {OpinionPart.WORK: P.WORK, OpinionPart.ETHICS: P.ETHICS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One line of the explanation; ``verdict`` None: this part was not judged.

    ``fact`` is a paper, an act or an opinion in the words in which it was recorded.
    """

    part: ResultPart
    ground: ResultGround
    verdict: Verdict | None
    fact: str = ""

    def to_document(self) -> dict[str, Any]:
        """Give what is stored with a conclusion."""
        verdict = self.verdict.name if self.verdict is not None else None
        names = {"part": self.part.name, "ground": self.ground.name, "verdict": verdict}
        return {**names, "fact": self.fact}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Reason":
        """Read a stored line."""
        verdict = document.get("verdict")
        return cls(
            part=ResultPart[document["part"]],
            ground=ResultGround[document["ground"]],
            verdict=Verdict[verdict] if verdict else None,
            fact=document.get("fact") or "",
        )


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a case comes to; ``result`` None: something is still open."""

    result: Verdict | None
    reasons: tuple[Reason, ...]

    @property
    def failing(self) -> tuple[Reason, ...]:
        """The lines that make it 不合格."""
        return tuple(one for one in self.reasons if one.verdict is Verdict.FAIL)


def judge(case: Assessment) -> Judgement:
    """Derive the result: 不合格 in any part is 不合格 as a whole (art. 22)."""
    whole = ruling(case, P.WHOLE)
    if whole is not None and whole.ground in RULED_OUT:
        return Judgement(Verdict.FAIL, (whole,))
    by_opinion = [one for part in OpinionPart for one in _opinion(case, part)]
    reasons = [*by_opinion, *_acts(case, whole)]
    has_failed = any(one.verdict is Verdict.FAIL for one in reasons)
    reasons += _exam(case, is_skipped=has_failed)
    if any(one.verdict is Verdict.FAIL for one in reasons):
        return Judgement(Verdict.FAIL, tuple(reasons))
    is_open = any(one.verdict is None for one in reasons)
    return Judgement(None if is_open else Verdict.PASS, tuple(reasons))


def ruling(case: Assessment, part: ResultPart) -> Reason | None:
    """Give what overrides a part: a 改判, or the end of the cycle."""
    found = (case.rulings or {}).get(part.name)
    return Reason.from_document({**found, "part": part.name}) if found else None


def rule(case: Assessment, reason: Reason) -> None:
    """Let a line override its part from now on."""
    line = reason.to_document()
    case.rulings = {**(case.rulings or {}), line.pop("part"): line}


def withdraw_rulings(case: Assessment, grounds: frozenset[ResultGround]) -> None:
    """Forget rulings of some grounds: the part is judged by its own facts again."""
    kept = {
        part: line
        for part, line in (case.rulings or {}).items()
        if ResultGround[line["ground"]] not in grounds
    }
    case.rulings = kept or None


def _opinion(case: Assessment, part: OpinionPart) -> list[Reason]:
    known = ruling(case, _PARTS[part])
    if known is not None:
        return [known]
    given = [row for row in case.opinions if row.part is part]
    failing = [row for row in given if row.verdict is Verdict.FAIL]
    if failing:
        return [
            Reason(
                part=_PARTS[part],
                ground=G.OPINION,
                verdict=Verdict.FAIL,
                fact=f"{row.role.value}：{row.reason or ''}",
            )
            for row in failing
        ]
    is_judged = any(row.role is Role.AGENCY for row in given)
    verdict = Verdict.PASS if is_judged else None
    return [Reason(part=_PARTS[part], ground=G.OPINION, verdict=verdict)]


def _acts(case: Assessment, whole: Reason | None) -> list[Reason]:
    if whole is not None:
        return [whole]
    return [
        Reason(
            part=P.WHOLE,
            ground=G.ACT,
            verdict=Verdict.FAIL,
            fact=f"{row.kind.value}（{row.occurred_on}，{row.found_by}，{row.document}）",
        )
        for row in case.disqualifying_acts
    ]


def _exam(case: Assessment, *, is_skipped: bool) -> list[Reason]:
    known = ruling(case, P.EXAM)
    if known is not None:
        return [known]
    found = [_paper(one) for one in papers.latest(case.papers)]
    if found:
        return found
    rules = cycles.rules(case.cycle)
    if case.procedure is not None and not rules.papers(case.procedure):
        return [Reason(part=P.EXAM, ground=G.NO_PAPER, verdict=Verdict.PASS)]
    return [Reason(part=P.EXAM, ground=G.SKIPPED if is_skipped else G.PAPER, verdict=None)]


def _paper(paper: Paper) -> Reason:
    if paper.status is PaperStatus.EXEMPT:
        return Reason(part=P.EXAM, ground=G.EXEMPT, verdict=Verdict.PASS, fact=paper.name)
    if paper.status is PaperStatus.VOID:
        return Reason(part=P.EXAM, ground=G.VOID, verdict=Verdict.FAIL, fact=paper.name)
    if paper.status is PaperStatus.ABSENT:
        return Reason(part=P.EXAM, ground=G.ABSENT, verdict=Verdict.FAIL, fact=paper.name)
    score = papers.shown(paper.score_tenths)
    fact = paper.name if paper.score_tenths is None else f"{paper.name} {score}"
    is_done = paper.status is PaperStatus.DONE
    return Reason(part=P.EXAM, ground=G.PAPER, verdict=paper.result if is_done else None, fact=fact)
