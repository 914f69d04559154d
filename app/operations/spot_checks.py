"""抽查: an authority draws cases at random and records what it found (art. 10)."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.enums import N_, Finding, Stratum
from app.models import (
    Assessment,
    Authority,
    Cycle,
    Institution,
    Physician,
    SpotCheck,
    SpotCheckItem,
)
from app.operations import sampling, trail
from app.refusals import Refusal
from app.security.actor import Actor

LARGEST = 5000
_STRATA: Mapping[Stratum, Any] = {
    Stratum.AREA: Authority.name,
    Stratum.INSTITUTION: Institution.name,
    Stratum.CATEGORY: Physician.category,
    Stratum.PROCEDURE: Assessment.procedure,
}
_CHUNK = 500


class SpotCheckRefused(Refusal):
    """A sample that cannot be drawn or a finding that is not stored; ``field`` names the field."""


def draw(
    session: Session,
    cycle: Cycle,
    *,
    name: str,
    stratum: Stratum,
    size: int,
    seed: str,
    actor: Actor,
    at: datetime,
) -> SpotCheck:
    """Draw among the submitted cases of a cycle in the authority's area.

    :raises SpotCheckRefused: nothing was handed in yet.
    """
    strata = _members(session, cycle, stratum)
    population = sum(map(len, strata.values()))
    if not population:
        raise SpotCheckRefused(_l("该周期在本级及下级范围内还没有已提交的考核，无法抽取。"))
    office = session.get_one(Authority, actor.authority_id)
    drawn = sampling.draw(strata, size, seed=seed)
    row = SpotCheck(
        name=name,
        stratum=stratum,
        seed=seed,
        population=population,
        size=len(drawn),
        drawn_at=at,
        drawn_by=actor.name,
        province_id=office.province_id,
        authority_path=office.path,
        authority_id=office.id,
        cycle_id=cycle.id,
    )
    session.add(row)
    session.flush()  # its items name its id
    _store(session, row, drawn)
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="spot_check",
        subject_id=row.id,
        action="draw",
        label=N_("抽取抽查样本"),
        comment=f"{name}：{len(drawn)}/{population}，{stratum.value}，{seed}",
        province_id=row.province_id,
        authority_path=row.authority_path,
    )
    return row


def record(
    session: Session,
    item: SpotCheckItem,
    *,
    finding: Finding,
    remark: str | None,
    actor: Actor,
    at: datetime,
) -> None:
    """Record what was found of one case; a later look replaces it, the trail keeps both.

    :raises SpotCheckRefused: a difference is not explained.
    """
    if finding is Finding.DIFFERENT and not remark:
        raise SpotCheckRefused(_l("请说明与事实不符之处。"), field="remark")
    item.finding, item.remark = finding, remark
    item.found_at, item.found_by = at, actor.name
    session.flush()  # a stale version must surface here
    case = item.assessment
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="spot_check",
        subject_id=item.spot_check_id,
        action="record",
        label=N_("登记抽查结果"),
        comment=f"{finding.value}：{remark}" if remark else finding.value,
        province_id=item.province_id,
        authority_path=item.authority_path,
        physician_id=case.physician_id,
    )


def _members(session: Session, cycle: Cycle, stratum: Stratum) -> dict[str, list[int]]:
    statement = (
        select(_STRATA[stratum], Assessment.id)
        .join(Institution, Institution.id == Assessment.institution_id)
        .join(Authority, Authority.id == Institution.authority_id)
        .join(Physician, Physician.id == Assessment.physician_id)
        .where(Assessment.cycle_id == cycle.id, Assessment.submitted_at.is_not(None))
    )
    strata: dict[str, list[int]] = defaultdict(list)
    for key, number in session.execute(statement):
        word = getattr(key, "value", key)
        strata[str(word or "")].append(number)
    return strata


def _store(session: Session, row: SpotCheck, drawn: list[tuple[str, int]]) -> None:
    ids = [number for _stratum, number in drawn]
    people: dict[int, int] = {}
    for start in range(0, len(ids), _CHUNK):
        chunk = select(Assessment.id, Assessment.physician_id).where(
            Assessment.id.in_(ids[start : start + _CHUNK])
        )
        people.update((pk, person) for pk, person in session.execute(chunk))
    session.execute(
        insert(SpotCheckItem),
        [
            {
                "number": number,
                "stratum_name": stratum or None,
                "assessment_id": pk,
                "physician_id": people[pk],
                "spot_check_id": row.id,
                "province_id": row.province_id,
                "authority_path": row.authority_path,
                "version": 1,
            }
            for number, (stratum, pk) in enumerate(drawn, start=1)
        ],
        execution_options={"render_nulls": True},
    )
