"""试题统计 over closed sheets: chunks give what one pass gives; cheated papers and open ones are left out."""

from sqlalchemy import func, select

from app.enums import AssessmentStatus as S
from app.enums import MarkStatus
from app.exams import item_figures
from app.jobs import question_figures as job
from app.jobs.kinds import Task
from app.models import AnswerSheet, Cycle, QuestionFigure, Sitting
from app.operations import marking, question_figures, sittings
from app.security.actor import unscoped
from tests.support.site import Site
from tests.workflows.sitting_world import AT, Examinee, cases, session_of


def cycle_id(site: Site) -> int:
    with site.session("province") as session:
        return session.scalars(
            select(Cycle.id).join(Sitting, Sitting.cycle_id == Cycle.id).distinct()
        ).one()


def stored(site: Site) -> dict[int, item_figures.Tally]:
    with site.session("province") as session:
        return {
            one.question_id: question_figures.tally_of(one)
            for one in session.scalars(select(QuestionFigure))
        }


def recounted(site: Site) -> dict[int, item_figures.Tally]:
    """Count everything at once, in plain words."""
    with site.session() as session, unscoped("a recount"):
        rows = session.execute(
            select(AnswerSheet.answers, AnswerSheet.score_tenths, Sitting.places, Sitting.status)
            .join(Sitting, Sitting.id == AnswerSheet.sitting_id)
            .where(AnswerSheet.closed_at.is_not(None))
        ).all()
        keys = marking.keys_of(session, {place[0] for row in rows for place in row.places})
        papers = []
        for row in rows:
            if row.status is not MarkStatus.CONFIRMED:
                places = sittings.drawn(row.places)
                answers = marking.in_bank_letters(places, row.answers)
                papers.append((places, answers, row.score_tenths or 0))
        return item_figures.tally(papers, keys)


def test_the_job_counts_the_sheets_of_the_latest_cycle_in_chunks(site: Site) -> None:
    examinee = Examinee(site, cases(site, S.AWAITING_EXAM, papers=1)[0])
    examinee.begin()  # it is open, and counts nothing
    with site.session() as session:
        sitting = session.scalars(select(Sitting).order_by(Sitting.id)).first()
        assert sitting is not None
        sitting.status = MarkStatus.CONFIRMED
        session.commit()
    chief, number = site.actor("province"), cycle_id(site)
    with session_of(site, chief) as session:
        asked = job.ask(session, actor=chief, at=AT)
        assert asked is not None
        closed = session.scalar(
            select(func.count(Sitting.id)).where(Sitting.status != MarkStatus.CONFIRMED)
        )
        total = asked.total
        assert total == (closed or 0) - 1
        question_figures.count(session, number, offset=0, limit=3, at=AT)  # of an earlier run
        task = Task(job_id=asked.id, kind=job.KIND, arguments=asked.arguments, actor=chief, at=AT)
        assert job._plan(session, task) == total
        assert job._step(session, task, 0) == total
    whole = recounted(site)
    assert stored(site) == whole
    with session_of(site, chief) as session:
        question_figures.forget(session, number)
        for offset in range(0, total, 7):
            question_figures.count(session, number, offset=offset, limit=7, at=AT)
    assert stored(site) == whole


def test_no_other_office_asks_or_sees(site: Site) -> None:
    chief = site.actor("province")
    with session_of(site, chief) as session:
        question_figures.count(session, cycle_id(site), offset=0, limit=10, at=AT)
    for who in ("city", "nation", "province-sn"):
        actor = site.actor(who)
        with session_of(site, actor) as session:
            assert job.ask(session, actor=actor, at=AT) is None
            assert session.scalars(select(QuestionFigure)).all() == []
