"""Guards that several workflows share."""

from flask_babel import lazy_gettext as _l

from app.workflows.engine import Step, Text


def not_oneself(step: Step) -> Text | None:
    """Close a decision about the actor's own case."""
    if step.actor.physician_id is not None and step.actor.physician_id == step.subject.physician_id:
        return _l("不能审核本人的申请，请由其他人员审核。")
    return None
