"""逐日进度: a day's rows equal the figures of that day, for every authority, and are written once."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from app.enums import AuthorityLevel
from app.models import Authority, Cycle, Figure, ProgressDay
from app.operations import progress_days
from app.periods import local_day
from app.queries import progress_days as queries
from app.queries import statistics
from app.queries.statistics import Numbers, Part
from app.views.clock import now
from tests.support.site import Site


def counted(session: Any, cycle: Cycle, office: Authority) -> tuple[int, ...]:
    part = Part(area=office)
    sums = statistics.sums(session, [cycle.id], by=Figure.cycle_id, part=part)
    numbers = sums.get(cycle.id, Numbers())
    return tuple(getattr(numbers, name) for name in progress_days.MEASURES)


def test_the_last_day_equals_the_figures_of_every_authority(site: Site) -> None:
    with site.session() as session:
        progress_days.keep(session, at=now())
        for cycle in session.scalars(select(Cycle)).all():
            rows = {
                row.authority_id: row
                for row in session.scalars(
                    select(ProgressDay).where(
                        ProgressDay.cycle_id == cycle.id, ProgressDay.day == local_day(now())
                    )
                )
            }
            offices = session.scalars(
                select(Authority).where(Authority.province_id == cycle.province_id)
            ).all()
            assert rows
            for office in offices:
                kept = rows.get(office.id)
                shown = tuple(getattr(kept, name) if kept else 0 for name in progress_days.MEASURES)
                assert shown == counted(session, cycle, office), office.name


def test_a_day_has_one_row_however_often_it_is_written(site: Site) -> None:
    with site.session() as session:
        progress_days.keep(session, at=now())
        before = session.scalar(select(func.count(ProgressDay.id)))
        progress_days.keep(session, at=now())
        assert session.scalar(select(func.count(ProgressDay.id))) == before
        progress_days.keep(session, at=now() + timedelta(days=1))
        offices = select(func.count(Authority.id)).where(Authority.province_id.is_not(None))
        more = session.scalar(select(func.count(ProgressDay.id))) - before
        assert 0 < more <= session.scalar(offices)


def test_progress_only_rises_in_the_demo_and_the_nation_sums_its_provinces(site: Site) -> None:
    with site.session() as session:
        ids = list(session.scalars(select(Cycle.id)))
        nation = session.scalars(
            select(Authority).where(Authority.level == AuthorityLevel.NATION)
        ).one()
        province = session.scalars(select(Authority).where(Authority.code == "140000")).one()
        whole = queries.of_area(session, ids, area=nation)
        own = queries.of_area(session, ids, area=province)
    assert len(own) > 10
    assert [one.day for one in own] == sorted({one.day for one in own})
    assert own[0].reported < own[-1].reported
    assert whole[-1].whole > own[-1].whole > 0
    for day in (*own, *whole):
        assert day.completed <= day.reviewed <= day.reported <= day.whole
