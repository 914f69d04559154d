"""Changes by programs: the page's checks and steps, once per key, and only on the version that was read."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from app.enums import ParticipationStatus as P
from app.models import Assessment, IdempotentAnswer, Participation, Physician, TrailEntry
from tests.support.programs import Program, program
from tests.support.site import Site
from tests.views.physicians import NEWCOMER, close_cycles, counted, first, waiting

BODY = {**NEWCOMER, "department_id": 1}


def number_of(site: Site, model: Any, *criteria: Any) -> int:
    with site.session() as session:
        return int(session.scalar(select(func.count()).select_from(model).where(*criteria)) or 0)


def errors(answer: Any) -> dict[str, str]:
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    return {
        error.get("pointer") or error["parameter"]: error["detail"]
        for error in answer.get_json()["errors"]
    }


def test_a_physician_is_taken_up_as_on_the_page(site: Site) -> None:
    caller = program(site, "hospital")

    answer = caller.post("/physicians", json=BODY)

    made = answer.get_json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/physicians/{made['id']}"
    assert (made["id_masked"], made["sex"]) == ("1101*****2X", "FEMALE")
    assert "11010519491231002" not in answer.get_data(as_text=True)
    assert caller.get(f"/physicians/{made['id']}").get_json() == made
    with site.session() as session:
        enrolled = session.scalars(
            select(Participation).where(Participation.physician_id == made["id"])
        ).one()
        assert enrolled.status is P.UNCONFIRMED
        entry = session.scalars(
            select(TrailEntry).where(TrailEntry.physician_id == made["id"])
        ).first()
        assert entry.actor_name == "院内系统（接口）"


def test_what_is_wrong_is_pointed_at_in_the_words_of_the_page(site: Site) -> None:
    caller = program(site, "hospital")
    page = site.client("hospital")
    wrong = {**NEWCOMER, "id_number": "110105194912310021", "licensed_on": "2999-01-01"}

    found = errors(caller.post("/physicians", json={**wrong, "department_id": 1}))
    shown = page.post("/physicians/add", data={**wrong, "department_name": "1"}).text

    assert set(found) == {"#/id_number", "#/licensed_on"}
    assert all(message in shown for message in found.values())
    assert caller.post("/physicians", json=BODY).status_code == 201
    assert "已登记" in errors(caller.post("/physicians", json=BODY))["#/id_number"]


OF_ANOTHER_KIND: list[tuple[dict[str, Any], str]] = [
    ({"department_id": 99999}, "#/department_id"),
    ({"department_id": True}, "#/department_id"),
    ({"department_id": None}, "#/department_id"),
    ({"name": 7}, "#/name"),
    ({"name": "\x00"}, "#/name"),
    ({"name": "\ud800"}, "#/name"),
    ({"sex": "女"}, "#/sex"),
    ({"licensed_on": "2003/05/29"}, "#/licensed_on"),
    ({"a/b~": 1}, "#/a~1b~0"),
]
NO_DOCUMENT: list[tuple[str | bytes, str, int]] = [
    ("{", "application/json", 400),
    ("NaN", "application/json", 400),
    ("[" * 60_000, "application/json", 400),
    (b"\xff", "application/json", 400),
    ("[]", "application/json", 422),
    ("{}", "text/plain", 415),
    ("a=1", "application/x-www-form-urlencoded", 415),
    (" " * 70_000, "application/json", 413),
]


def test_a_member_of_another_kind_is_pointed_at(site: Site) -> None:
    caller = program(site, "hospital")
    for change, pointer in OF_ANOTHER_KIND:
        found = errors(caller.post("/physicians", json={**BODY, **change}))
        assert list(found) == [pointer], change


def test_what_is_no_document_is_refused(site: Site) -> None:
    caller = program(site, "hospital")
    for data, kind, status in NO_DOCUMENT:
        answer = caller.post("/physicians", data=data, content_type=kind)
        expected = (status, "application/problem+json")
        assert (answer.status_code, answer.mimetype) == expected, data[:9]


def test_the_department_of_another_hospital_is_not_known(site: Site) -> None:
    with site.session() as session:
        foreign = session.scalar(
            select(Physician.department_id).where(Physician.institution_id != 2).limit(1)
        )
    assert foreign is not None
    found = errors(
        program(site, "hospital").post("/physicians", json={**BODY, "department_id": foreign})
    )
    assert list(found) == ["#/department_id"]


def test_steps_follow_the_workflow_and_the_version(site: Site) -> None:
    caller = program(site, "hospital")
    path = f"/participations/{waiting(site).id}"
    read = caller.get(path)

    stale = caller.post(f"{path}/confirm", headers={"If-Match": '"99"'})
    taken = caller.post(
        f"{path}/confirm", headers={"If-Match": read.headers["ETag"]}, json={"comment": "入职"}
    )
    again = caller.post(f"{path}/confirm")
    undone = caller.post(f"{path}/withdraw", headers={"If-Match": taken.headers["ETag"]})

    assert [a.status_code for a in (stale, taken, again, undone)] == [412, 200, 409, 200]
    assert [a.get_json()["status"] for a in (taken, undone)] == ["CONFIRMED", "UNCONFIRMED"]
    assert again.mimetype == "application/problem+json"
    assert "请刷新页面" in again.get_json()["detail"]


def test_a_closed_step_says_why_in_the_reader_s_language(site: Site) -> None:
    caller = program(site, "hospital")
    path = f"/participations/{waiting(site).id}/confirm"
    close_cycles(site)

    answer = caller.post(path)
    english = caller.post(path, headers={"Accept-Language": "en"})

    assert answer.status_code == english.status_code == 409
    assert answer.get_json()["detail"] == "本周期尚未开放或已经结束。"
    assert english.get_json()["detail"].isascii()


def test_an_equal_request_with_the_same_key_is_done_once(site: Site) -> None:
    caller, other = program(site, "hospital"), program(site, "hospital")
    key = {"Idempotency-Key": "4711"}
    before = number_of(site, Physician)

    first_answer = caller.post("/physicians", json=BODY, headers=key)
    second = caller.post("/physicians", json=BODY, headers=key)
    changed = caller.post("/physicians", json={**BODY, "name": "李四"}, headers=key)
    foreign = other.post("/physicians", json=BODY, headers=key)

    assert (first_answer.status_code, second.status_code) == (201, 201)
    assert second.data == first_answer.data
    for name in ("ETag", "Location", "Content-Type"):
        assert second.headers[name] == first_answer.headers[name]
    assert "Idempotent-Replayed" in second.headers
    assert "Idempotent-Replayed" not in first_answer.headers
    assert list(errors(changed)) == ["Idempotency-Key"]
    assert list(errors(foreign)) == ["#/id_number"]
    assert number_of(site, Physician) == before + 1


def test_a_refused_request_keeps_no_key_and_changes_nothing(site: Site) -> None:
    caller = program(site, "hospital")
    key = {"Idempotency-Key": "k"}
    entries = number_of(site, TrailEntry)

    refused = caller.post("/physicians", json={**BODY, "name": ""}, headers=key)
    assert refused.status_code == 422
    assert (number_of(site, IdempotentAnswer), number_of(site, TrailEntry)) == (0, entries)

    assert caller.post("/physicians", json=BODY, headers=key).status_code == 201
    for bad in ("", "x" * 256, "é"):
        answer = caller.post("/physicians", json=BODY, headers={"Idempotency-Key": bad})
        assert list(errors(answer)) == ["Idempotency-Key"]


def test_of_equal_requests_at_once_one_is_done_and_all_get_its_answer(site: Site) -> None:
    caller = program(site, "hospital")
    pk = waiting(site).id
    barrier = Barrier(6, timeout=60)

    def attempt(_number: int) -> Any:
        own = Program(site.app.test_client(), caller.token_id, caller.text)
        barrier.wait()
        return own.post(f"/participations/{pk}/confirm", headers={"Idempotency-Key": "once"})

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(attempt, range(6)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    assert number_of(site, Assessment, Assessment.participation_id == pk) == 1


def test_parameters_are_refused_when_they_make_no_sense(site: Site) -> None:
    caller = program(site, "hospital")
    cursor = caller.get("/physicians?limit=1").get_json()["next_cursor"]
    wrong = {
        "/physicians?limit=0": "limit",
        "/physicians?limit=201": "limit",
        "/physicians?limit=5&limit=6": "limit",
        "/physicians?cursor=x": "cursor",
        f"/physicians?cursor={cursor[:-1]}": "cursor",
        f"/departments?cursor={cursor}": "cursor",
        f"/physicians?department_id=1&cursor={cursor}": "cursor",
        "/participations?status=nosuch": "status",
        "/participations?cycle_id=-1": "cycle_id",
        "/participations/1?x=1": "x",
    }
    for path, name in wrong.items():
        assert list(errors(caller.get(path))) == [name], path


def test_filters_find_what_they_say(site: Site) -> None:
    caller = program(site, "hospital")
    away = first(site, Participation.status == P.AWAY)

    found = caller.get("/participations?status=AWAY&limit=200").get_json()["data"]
    done = caller.get("/results?limit=200").get_json()["data"]
    case = caller.get(f"/cases/{done[0]['case_id']}")
    trail = caller.get(f"/cases/{done[0]['case_id']}/trail").get_json()["data"]

    assert away.id in [row["id"] for row in found]
    assert {row["status"] for row in found} == {"AWAY"}
    assert case.get_json()["status"] == "COMPLETED"
    assert [row["id"] for row in trail] == sorted(row["id"] for row in trail)
    assert {"assessment", "certificate"} <= {row["subject"] for row in trail}


def test_a_list_costs_few_statements_however_long_it_is(site: Site) -> None:
    caller = program(site, "hospital")
    caller.get("/token")  # its first use is written down
    for path in ("/departments", "/physicians", "/cases"):
        with counted() as short:
            caller.get(f"{path}?limit=1")
        with counted() as long:
            caller.get(f"{path}?limit=200")
        assert len(short) == len(long) <= 4, (path, long)


def test_an_unknown_path_is_a_problem_not_a_page(site: Site) -> None:
    for path in ("/api", "/api/", "/api/v1/nosuch", "/api/v2/physicians"):
        answer = site.app.test_client().get(path)
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json"), path


def test_a_failure_is_a_problem_that_tells_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(site.app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr("app.views.api.paging.asked", lambda _operation: 1 / 0)

    answer = program(site, "hospital").get("/cases")

    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert "division" not in answer.get_data(as_text=True)
