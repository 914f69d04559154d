"""Sixteen clerks decide one case at the same instant: one wins, the others must refresh."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from app.enums import AssessmentStatus as S
from app.enums import Procedure
from app.extensions import db
from app.models import Assessment
from app.operations.trail import msgid
from app.security.actor import acting_as
from app.views.clock import now
from app.workflows.assessment import ASSESSMENT
from app.workflows.engine import OVERTAKEN, StepOvertaken
from tests.support.site import Site
from tests.workflows.world import AT, REASON, case_id, number_of_entries, opinions

THREADS = 16
ACTIONS = ("institution_submit", "institution_reject")
TARGETS = {
    "institution_submit": S.AWAITING_AGENCY,
    "institution_reject": S.INSTITUTION_REJECTED,
}


def at_once(attempt: Callable[[int], str]) -> list[str]:
    """Run an attempt in every thread, all let go together."""
    barrier = Barrier(THREADS, timeout=60)

    def run(number: int) -> str:
        barrier.wait()
        return attempt(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def status_of(site: Site, pk: int) -> S:
    with site.session() as session:
        return S(session.get_one(Assessment, pk).status)


def test_of_sixteen_decisions_exactly_one_is_taken(site: Site) -> None:
    pk = case_id(site, S.AWAITING_INSTITUTION, Procedure.GENERAL)
    actor = site.actor("hospital")
    before = number_of_entries(site, pk, AT)

    def attempt(number: int) -> str:
        action = ACTIONS[number % 2]
        with site.app.app_context(), acting_as(actor):
            try:
                ASSESSMENT.fire(
                    db.session(),
                    pk,
                    action,
                    actor=actor,
                    at=now(),
                    comment=REASON,
                    facts=None if action.endswith("reject") else opinions(),
                )
                db.session.commit()
            except StepOvertaken as late:
                db.session.rollback()
                return "overtaken" if msgid(late.reason) == msgid(OVERTAKEN) else str(late)
            return action

    outcome = Counter(at_once(attempt))

    (winner,) = outcome.keys() - {"overtaken"}
    assert outcome == {winner: 1, "overtaken": THREADS - 1}
    assert status_of(site, pk) is TARGETS[winner]
    assert number_of_entries(site, pk, AT) == before + 1


def test_of_sixteen_browsers_one_goes_on_and_the_others_see_the_conflict(site: Site) -> None:
    pk = case_id(site, S.AWAITING_INSTITUTION, Procedure.GENERAL)
    before = number_of_entries(site, pk, AT)
    queue = "/review/general/list/"
    clients = [site.client("hospital") for _ in range(THREADS)]
    for client in clients:
        assert client.get(f"/review/general/case/{pk}?step=work").status_code == 200

    def attempt(number: int) -> str:
        action = ACTIONS[number % 2]
        answer = clients[number].post(
            f"/steps/assessment/{pk}/{action}",
            data={
                "comment": REASON,
                "work_verdict": "PASS",
                "ethics_verdict": "PASS",
                "next": queue,
                "back": "/",
            },
        )
        if answer.status_code == 302:
            assert answer.location == queue
            return action
        assert "请刷新页面" in answer.get_data(as_text=True)
        return str(answer.status_code)

    outcome = Counter(at_once(attempt))

    (winner,) = outcome.keys() - {"409"}
    assert outcome == {winner: 1, "409": THREADS - 1}
    assert status_of(site, pk) is TARGETS[winner]
    assert number_of_entries(site, pk, AT) == before + 1
