"""编辑周期: schedule and rules of a cycle that is not over; what changed stands in the trail."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from app.enums import N_, CycleStatus, ScheduleWindow
from app.models import Cycle, CycleWindow
from app.operations import trail
from app.operations.cycles import CycleRefused, Windows
from app.periods import local_day
from app.queries import cycles
from app.rules import CycleRules
from app.security.actor import Actor

RULE_WORDS: Mapping[str, str] = {
    "simplified_years_good": N_("简易程序执业年限（有良好行为记录）"),
    "simplified_years_clean": N_("简易程序执业年限（无不良行为记录）"),
    "practice_years_on": N_("执业年限计算截止日"),
    "provincial_grounds": N_("省级规定的其他情形"),
    "papers_general": N_("一般程序测评科目"),
    "papers_simplified": N_("简易程序测评科目"),
    "exemption_grounds": N_("免考条件"),
    "exempted_papers": N_("免考科目"),
    "exemption_from": N_("免考申请开始日期"),
    "exemption_until": N_("免考申请结束日期"),
    "deferral_grounds": N_("延考事由"),
    "pass_mark_physician": N_("执业医师合格线"),
    "pass_mark_assistant": N_("执业助理医师合格线"),
    "makeup_rounds": N_("补考次数"),
    "attempts": N_("每科每轮测评次数"),
    "exam_rules": N_("测评和监考规则"),
    "snapshot_seconds": N_("监考照片平均间隔（秒）"),
    "photo_days": N_("监考照片保存天数"),
    "statement_min_length": N_("述职最少字数"),
    "statement_max_length": N_("述职最多字数"),
    "notice_days": N_("考核通知提前天数"),
    "opinion_days": N_("出具评定意见天数"),
    "filing_days": N_("考核结果备案天数"),
    "objection_days": N_("异议申请天数"),
    "suspension_months_min": N_("暂停执业最少月数"),
    "suspension_months_max": N_("暂停执业最多月数"),
    "working_days": N_("按工作日计算的期限"),
    "certificate_title": N_("证书标题"),
    "certificate_issuer": N_("证书发证机关"),
    "certificate_prefix": N_("证书编号前缀"),
    "certificate_note": N_("证书说明"),
    "agency_min_beds": N_("考核机构最少床位数"),
    "agency_min_physicians": N_("考核机构最少医师数"),
}
"""Every rule with its word, in the order of the form."""


@dataclass(frozen=True, kw_only=True)
class CycleFacts:
    """Everything a province sets about a cycle."""

    label: str
    starts_on: date
    last_day: date
    windows: Windows
    rules: CycleRules


@dataclass(frozen=True, slots=True)
class Difference:
    """One changed line; ``word`` is untranslated."""

    word: str
    before: str
    after: str


def facts_of(cycle: Cycle) -> CycleFacts:
    """Read what is set now."""
    return CycleFacts(
        label=cycle.label,
        starts_on=cycle.starts_on,
        last_day=cycle.last_day,
        windows={row.kind: (row.starts_on, row.last_day) for row in cycle.windows},
        rules=CycleRules.from_document(cycle.rules or {}),
    )


def lines(facts: CycleFacts) -> Iterator[tuple[str, str]]:
    """Write the facts as (untranslated word, value), always in the same order."""
    yield N_("周期"), facts.label
    for kind in ScheduleWindow:
        days = facts.windows.get(kind)
        if kind is ScheduleWindow.CYCLE:
            days = (facts.starts_on, facts.last_day)
        yield kind.value, f"{days[0]} 至 {days[1]}" if days else "—"
    yield from rule_lines(facts.rules)


def rule_lines(rules: CycleRules) -> Iterator[tuple[str, str]]:
    """Write the rules as (untranslated word, value)."""
    for name, word in RULE_WORDS.items():
        yield word, _text(getattr(rules, name))


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return "、".join(value) or "—"
    return "—" if value is None else str(value)


def differences(before: CycleFacts, after: CycleFacts) -> tuple[Difference, ...]:
    """List what differs."""
    return tuple(
        Difference(word, old, new)
        for (word, old), (_word, new) in zip(lines(before), lines(after), strict=True)
        if old != new
    )


def rule_differences(before: CycleRules, after: CycleRules) -> tuple[Difference, ...]:
    """List the rules that differ."""
    return tuple(
        Difference(word, old, new)
        for (word, old), (_word, new) in zip(rule_lines(before), rule_lines(after), strict=True)
        if old != new
    )


def change_cycle(
    session: Session,
    cycle: Cycle,
    *,
    facts: CycleFacts,
    version: int,
    reason: str | None,
    actor: Actor,
    at: datetime,
) -> None:
    """Store other facts; while the cycle is open only with a reason.

    :raises CycleRefused: the cycle is over, a period is wrong, or the reason is missing.
    :raises StaleDataError: somebody changed it since ``version`` was read.
    """
    if cycle.status is CycleStatus.CLOSED:
        raise CycleRefused(_l("周期“%(label)s”已结束，不能再修改。", label=cycle.label))
    if cycle.version != version:
        raise StaleDataError(f"cycle {cycle.id} has left version {version}")
    if cycle.status is CycleStatus.OPEN and not reason:
        raise CycleRefused(_l("周期进行中，请填写修改原因。"))
    _refuse_locked(cycle, facts, today=local_day(at))
    for first, last in facts.windows.values():
        if not facts.starts_on <= first <= last <= facts.last_day:
            raise CycleRefused(_l("考核安排须在考核周期的起止日期之内，请核对。"))
    changed = differences(facts_of(cycle), facts)
    if not changed:
        return
    cycle.label, cycle.starts_on, cycle.last_day = facts.label, facts.starts_on, facts.last_day
    cycle.rules = facts.rules.to_document()
    flag_modified(cycle, "rules")  # a change of windows alone is a new version, too
    _store_windows(cycle, facts.windows)
    session.flush()  # what is refused belongs to the form
    what = "；".join(f"{one.word}：{one.before}→{one.after}" for one in changed)
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="cycle",
        subject_id=cycle.id,
        action="edit",
        label=N_("修改周期"),
        comment="；".join(part for part in (reason, what) if part),
        province_id=cycle.province_id,
        authority_path=cycle.authority_path,
    )


LOCKED = (
    "papers_general", "papers_simplified", "exempted_papers", "exemption_grounds",
    "simplified_years_good", "simplified_years_clean", "practice_years_on", "provincial_grounds",
    "attempts", "exam_rules",
)  # fmt: skip
"""By these somebody has sat a paper or was spared one: once papers are sat, nobody may change them."""


def _refuse_locked(cycle: Cycle, facts: CycleFacts, *, today: date) -> None:
    window = cycles.window(cycle, ScheduleWindow.EXAMINATION)
    if cycle.status is not CycleStatus.OPEN or window is None or today < window.starts_on:
        return
    before = CycleRules.from_document(cycle.rules or {})
    for name in LOCKED:
        if getattr(before, name) != getattr(facts.rules, name):
            raise CycleRefused(
                _l(
                    "测评已于%(day)s开始，“%(rule)s”不能再修改：已参加测评的医师须适用同一规则。",
                    day=window.starts_on, rule=RULE_WORDS[name],
                )
            )  # fmt: skip


def _store_windows(cycle: Cycle, windows: Windows) -> None:
    known = {row.kind: row for row in cycle.windows}
    for kind, row in known.items():
        if kind not in windows:
            cycle.windows.remove(row)
    for kind, (first, last) in windows.items():
        row = known.get(kind) or CycleWindow(kind=kind, province_id=cycle.province_id)
        row.starts_on, row.last_day = first, last
        if row not in cycle.windows:
            cycle.windows.append(row)
