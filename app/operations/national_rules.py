"""全国考核规则: the nation publishes a version; provinces take it over when they set up a cycle."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.enums import N_
from app.models import Authority, NationalRules
from app.operations import trail
from app.operations.cycle_changes import rule_differences
from app.queries import national_rules
from app.refusals import Refusal
from app.rules import CycleRules
from app.security.actor import Actor


class NationalRulesRefused(Refusal):
    """A version that is not published; ``message`` is in the user's words."""


def publish(
    session: Session, *, rules: CycleRules, reason: str, actor: Actor, at: datetime
) -> NationalRules:
    """Publish the next version. Cycles that are set up already keep their rules.

    :raises NationalRulesRefused: nothing differs from the version in force.
    """
    before = national_rules.newest(session)
    changed = rule_differences(national_rules.read(before), rules)
    if before is not None and not changed:
        raise NationalRulesRefused(_l("各项规则与现行版本相同，没有可以发布的修改。"))
    office = session.get_one(Authority, actor.authority_id)
    version = NationalRules(
        number=before.number + 1 if before is not None else 1,
        rules=rules.to_document(),
        reason=reason,
        issued_at=at,
        issued_by=actor.name,
    )
    session.add(version)
    session.flush()  # the entry of the trail names its id; of two at once one is refused here
    what = "；".join(f"{one.word}：{one.before}→{one.after}" for one in changed)
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="national_rules",
        subject_id=version.id,
        action="publish",
        label=N_("发布规则"),
        comment="；".join(part for part in (reason, what) if part),
        authority_path=office.path,
    )
    return version
