"""What can be imported, by kind."""

from collections.abc import Mapping

from app.enums import ImportKind
from app.exchange.authority_target import AuthorityTarget
from app.exchange.conduct_target import ConductTarget
from app.exchange.department_target import DepartmentTarget
from app.exchange.institution_target import InstitutionTarget
from app.exchange.physician_target import PhysicianTarget
from app.exchange.question_target import QuestionTarget
from app.exchange.result_target import ResultTarget
from app.exchange.target import Target

TARGETS: Mapping[ImportKind, Target] = {
    target.kind: target
    for target in (
        PhysicianTarget(),
        InstitutionTarget(),
        AuthorityTarget(),
        DepartmentTarget(),
        ConductTarget(),
        QuestionTarget(),
        ResultTarget(),
    )
}
