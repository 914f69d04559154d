"""结束周期: what is open and whose it is, what lapses, and figures that are frozen into the trail (T38)."""

from sqlalchemy import func, select, update

from app.enums import AssessmentStatus as S
from app.enums import CycleStatus, PaperStatus, Verdict
from app.models import Assessment, Conclusion, Cycle, CycleWindow, Paper, TrailEntry
from app.operations import closing
from app.security.actor import unscoped
from tests.support.jobs import run_jobs
from tests.support.site import Site
from tests.views.casebrowser import text
from tests.workflows.sitting_world import AT

PAGE = "/cycles/closing/{pk}"
LONG_AGO = AT.date().replace(year=AT.year - 1)


def cycle_of(site: Site) -> int:
    with site.session() as session:
        found = select(Cycle.id).where(Cycle.province_id == 2, Cycle.status == CycleStatus.OPEN)
        return int(session.scalars(found).one())


def number(site: Site, pk: int, *states: S) -> int:
    with site.session() as session, unscoped("a test counts"):
        found = select(func.count(Assessment.id)).where(
            Assessment.cycle_id == pk, Assessment.status.in_(states)
        )
        return session.scalar(found) or 0


def finish_others(site: Site, pk: int) -> None:
    """Let every case that waits for somebody else be over."""
    with site.session() as session, unscoped("a test makes it so"):
        session.execute(
            update(Assessment)
            .where(Assessment.cycle_id == pk, Assessment.status.in_(closing.BLOCKING))
            .values(status=S.COMPLETED, result=Verdict.PASS)
        )
        session.commit()


def test_the_page_says_what_is_open_and_what_would_lapse(site: Site) -> None:
    pk = cycle_of(site)
    told = text(site.client("province").get(PAGE.format(pk=pk)).text)
    assert f"待医疗机构审核 {number(site, pk, S.AWAITING_INSTITUTION)}" in told
    assert f"以下{number(site, pk, *closing.LAPSING)}名医师没有提交报名信息" in told
    assert "确认结束周期" not in told


def test_nothing_closes_while_somebody_else_has_a_case(site: Site) -> None:
    pk, client = cycle_of(site), site.client("province")
    answer = client.post(PAGE.format(pk=pk), data={"comment": "期满"})
    assert "先处理完未完成的考核" in text(answer.text)
    answer = client.post(
        f"/steps/cycle/{pk}/close", data={"comment": "期满"}, follow_redirects=True
    )
    assert "还有未完成的考核" in text(answer.text)
    run_jobs(site)
    with site.session() as session:
        assert session.get_one(Cycle, pk).status is CycleStatus.OPEN


def test_who_handed_nothing_in_lapses_and_the_figures_are_frozen(site: Site) -> None:
    pk, client = cycle_of(site), site.client("province")
    finish_others(site, pk)
    lapsing = number(site, pk, *closing.LAPSING)
    assert lapsing > 5
    answer = client.post(PAGE.format(pk=pk), data={"comment": "期满"})
    assert "/jobs/show/" in answer.location
    run_jobs(site)
    assert number(site, pk, *closing.LAPSING) == 0
    with site.session() as session, unscoped("a test looks"):
        cycle = session.get_one(Cycle, pk)
        assert cycle.status is CycleStatus.CLOSED
        lapsed = select(func.count(Conclusion.id)).where(
            Conclusion.cycle_id == pk, Conclusion.is_lapsed, Conclusion.result == Verdict.FAIL
        )
        assert session.scalar(lapsed) == lapsing
        said = session.scalars(
            select(TrailEntry.comment).where(
                TrailEntry.subject == "cycle", TrailEntry.action == "close"
            )
        ).one()
        assert said is not None
        assert f"其中未参加{lapsing}" in said
        assert closing.digest(session, pk) in said


def test_absence_is_entered_once_the_examination_is_over(site: Site) -> None:
    pk, client = cycle_of(site), site.client("province")
    url = f"/cycles/closing/{pk}/absent"
    assert "测评时间尚未结束" in text(client.post(url, follow_redirects=True).text)
    with site.session() as session:
        session.execute(
            update(CycleWindow)
            .where(CycleWindow.cycle_id == pk, CycleWindow.kind == "EXAMINATION")
            .values(starts_on=LONG_AGO, last_day=LONG_AGO)
        )
        session.commit()
    before = number(site, pk, S.AWAITING_EXAM)
    assert before > 0
    assert "/jobs/show/" in client.post(url).location
    run_jobs(site)
    assert number(site, pk, S.AWAITING_EXAM) < before
    with site.session() as session, unscoped("a test looks"):
        left = select(Paper.id).where(
            Paper.status == PaperStatus.NOT_STARTED,
            Paper.assessment_id.in_(
                select(Assessment.id).where(
                    Assessment.cycle_id == pk, Assessment.status == S.AWAITING_EXAM
                )
            ),
        )
        assert session.scalars(left).all() == []  # scores that wait to be confirmed are others'


def test_only_the_province_itself_closes(site: Site) -> None:
    pk = cycle_of(site)
    for who in ("city", "county", "province-sn"):
        assert site.client(who).get(PAGE.format(pk=pk)).status_code in (403, 404)
        answer = site.client(who).post(f"/cycles/closing/{pk}/absent")
        assert answer.status_code in (403, 404)
