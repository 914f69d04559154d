"""历史考核结果: each row finds its physician in the area, and nothing that is known is changed."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select

from app.enums import FilingStatus, ImportKind, Verdict
from app.exchange.target import RowState
from app.models import Account, Certificate, Conclusion, Identity, Physician, TrailEntry
from app.views.clock import today
from tests.exchange.test_other_targets import imported, planned, told
from tests.support.site import Site

PAPER = "卫医函〔2019〕7号"
LABEL = "00"
STORED = (
    "id", "physician_id", "result", "status", "assessment_id", "document", "concluded_on",
)  # fmt: skip


class Person(NamedTuple):
    """What a file says of a physician."""

    id: int
    name: str
    id_number: str


def persons(site: Site, username: str | None, *criteria: Any) -> list[Person]:
    with site.session(username) as session:
        found = select(Physician).where(*criteria).order_by(Physician.id).limit(2)
        return [Person(one.id, one.name, one.id_number) for one in session.scalars(found)]


def free(site: Site) -> Person:
    """Give a physician of whom nothing is known yet."""
    known = select(Conclusion.physician_id)
    return persons(site, "province", Physician.id.not_in(known))[0]


def stored(site: Site) -> list[dict[str, Any]]:
    with site.session() as session:
        found = select(Conclusion).where(Conclusion.cycle_label == LABEL).order_by(Conclusion.id)
        return [{name: getattr(one, name) for name in STORED} for one in session.scalars(found)]


def row(person: Person, **cells: Any) -> dict[str, object]:
    return {
        "姓名": person.name,
        "证件号码": person.id_number,
        "考核周期": LABEL,
        "考核结果": "合格",
        "认定日期": date(2019, 10, 31),
        "医疗卫生机构": "太原市某医院",
        "依据文件": PAPER,
        **cells,
    }


def test_results_are_taken_over_as_filed_and_each_is_in_the_trail(site: Site) -> None:
    one, other = persons(site, "province")

    done = imported(
        site, "province", ImportKind.RESULT,
        row(one), row(other, 考核结果="不合格", 考核程序="一般程序"),
    )  # fmt: skip

    rows = stored(site)
    assert done == (2, 0, 0)
    for found, person, result in zip(rows, (one, other), (Verdict.PASS, Verdict.FAIL), strict=True):
        assert found == {
            "id": found["id"],
            "physician_id": person.id,
            "result": result,
            "status": FilingStatus.FILED,
            "assessment_id": None,
            "document": PAPER,
            "concluded_on": date(2019, 10, 31),
        }
    with site.session() as session:
        of_one = TrailEntry.physician_id == one.id
        entry = session.scalars(
            select(TrailEntry).where(of_one, TrailEntry.action == "result")
        ).one()
        assert PAPER in (entry.comment or "")
        assert one.id_number not in (entry.comment or "")
        ids = [found["id"] for found in rows]
        printed = select(Certificate.id).where(Certificate.conclusion_id.in_(ids))
        assert session.scalars(printed).all() == [], "an earlier result is no reason to print"


def test_a_second_import_changes_nothing(site: Site) -> None:
    one, other = persons(site, "province")
    imported(site, "province", ImportKind.RESULT, row(one))

    again = planned(
        site, "province", ImportKind.RESULT, row(one), row(other), row(one, 考核周期="000")
    )
    against = planned(site, "province", ImportKind.RESULT, row(one, 考核结果="不合格"))

    assert [r.state for r in again.rows] == [RowState.UNCHANGED, RowState.NEW, RowState.NEW]
    assert [r.state for r in against.rows] == [RowState.REFUSED]
    assert told(against) == ["该医师本周期已有不同的考核结果，不能用导入改动"]
    assert [found["result"] for found in stored(site)] == [Verdict.PASS]


def test_what_cannot_be_is_refused_with_its_reason(site: Site) -> None:
    one, other = persons(site, "province")
    with site.session("province") as session:
        ours = session.scalars(
            select(Conclusion.cycle_label).where(Conclusion.assessment_id.is_not(None)).limit(1)
        ).one()

    plan = planned(
        site, "province", ImportKind.RESULT,
        row(one, 姓名="别人"),
        row(one, 证件号码="11010519491231002X"),
        row(other, 认定日期=today() + timedelta(days=1)),
        row(other, 考核周期="0", 考核结果="优秀"),
        row(other, 考核周期="9", 依据文件=""),
    )  # fmt: skip
    other_system = planned(site, "province", ImportKind.RESULT, row(free(site), 考核周期=ours))

    assert [r.state for r in plan.rows] == [RowState.REFUSED] * 5
    said = " ".join(told(plan))
    for part in ("姓名“别人”", "没有该证件号码的医师", "晚于今天", "优秀"):
        assert part in said
    assert told(other_system) == [f"周期“{ours}”由本系统考核，其结果不能导入"]
    assert stored(site) == []


def test_a_physician_of_another_province_is_not_even_found(site: Site) -> None:
    ours = site.actor("province").province_id
    away = persons(site, None, Physician.province_id != ours)[0]

    plan = planned(site, "province", ImportKind.RESULT, row(away))

    assert told(plan) == ["本级及下级范围内没有该证件号码的医师，请核对"]


def test_the_physician_finds_it_with_the_house_of_that_time(site: Site) -> None:
    person = free(site)
    imported(site, "province", ImportKind.RESULT, row(person))
    with site.session() as session:
        of_them = select(Account.username).join(Identity, Identity.account_id == Account.id)
        account = session.scalars(of_them.where(Identity.physician_id == person.id)).one()
    (found,) = stored(site)

    shown = site.client(account).get(f"/history/result/{found['id']}").text

    assert "太原市某医院" in shown
    assert PAPER in shown
