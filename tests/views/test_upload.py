"""附件 in pieces: what has arrived is not sent again, and only the whole file becomes an attachment."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.enums import AssessmentStatus
from app.models import Assessment, Attachment, Participation, Upload, UploadPiece
from app.operations import attachments, uploads
from app.views.clock import now
from tests.support.site import Site
from tests.views.requests_world import Somebody, somebody

PDF = b"%PDF-1.4\n" + bytes(range(256)) * 4100  # three pieces
ABOUT = {"filename": "证明.pdf", "size": str(len(PDF)), "mark": "1700000000000"}


@pytest.fixture
def doctor(site: Site) -> Somebody:
    return somebody(site, status=AssessmentStatus.AWAITING_FORM)


def seat(site: Site, who: Somebody) -> int:
    with site.session() as session:
        return int(
            session.scalars(
                select(Participation.id)
                .join(Assessment, Assessment.participation_id == Participation.id)
                .where(Participation.physician_id == who.id)
            ).one()
        )


def begin(client: Any, pk: int, **changes: str) -> Any:
    return client.post(f"/attachments/uploads/{pk}", data={**ABOUT, **changes})


def send(client: Any, url: str, start: int, end: int) -> Any:
    return client.post(f"{url}?at={start}", data=PDF[start:end])


def files(site: Site, pk: int) -> list[Any]:
    with site.session() as session:
        rows = session.scalars(select(Attachment).where(Attachment.participation_id == pk)).all()
        return [(row.filename, attachments.opened(row)) for row in rows]


def test_pieces_become_the_file_once_and_leave_nothing_behind(site: Site, doctor: Somebody) -> None:
    pk, client = seat(site, doctor), site.client(doctor.username)
    before = len(files(site, pk))
    told = begin(client, pk).get_json()
    size = told["piece"]
    assert told["received"] == 0

    for start in range(0, len(PDF), size):
        assert len(files(site, pk)) == before
        answer = send(client, told["url"], start, start + size)
        assert answer.status_code == 200

    assert answer.get_json() == {"received": len(PDF), "is_done": True}
    assert ("证明.pdf", PDF) in files(site, pk)
    with site.session() as session:
        assert session.scalar(select(func.count(Upload.id))) == 0
        assert session.scalar(select(func.count(UploadPiece.id))) == 0


def test_after_a_break_it_goes_on_where_it_stopped_on_any_device(
    site: Site, doctor: Somebody
) -> None:
    pk, first = seat(site, doctor), site.client(doctor.username)
    told = begin(first, pk).get_json()
    send(first, told["url"], 0, told["piece"])

    other = site.client(doctor.username)
    again = begin(other, pk).get_json()

    assert (again["received"], again["url"]) == (told["piece"], told["url"])
    repeated = send(other, again["url"], 0, told["piece"])  # an answer that never came
    assert (repeated.status_code, repeated.get_json()) == (409, {"received": told["piece"]})
    for start in range(told["piece"], len(PDF), told["piece"]):
        assert send(other, again["url"], start, start + told["piece"]).status_code == 200
    assert ("证明.pdf", PDF) in files(site, pk)


def test_another_file_of_the_same_name_begins_anew(site: Site, doctor: Somebody) -> None:
    pk, client = seat(site, doctor), site.client(doctor.username)
    told = begin(client, pk).get_json()
    send(client, told["url"], 0, told["piece"])

    assert begin(client, pk, mark="1800000000000").get_json()["received"] == 0
    assert begin(client, pk, size=str(len(PDF) - 1)).get_json()["received"] == 0


def test_pieces_at_rest_are_sealed(site: Site, doctor: Somebody) -> None:
    client = site.client(doctor.username)
    told = begin(client, seat(site, doctor)).get_json()
    send(client, told["url"], 0, told["piece"])

    with site.session() as session:
        assert PDF[:8] not in session.scalars(select(UploadPiece.content)).one()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"size": "0"}, "未选择文件或文件为空"),
        ({"size": "x"}, "未选择文件或文件为空"),
        ({"size": str(attachments.MAX_BYTES + 1)}, "文件超过5MB"),
    ],
)
def test_what_will_not_be_taken_is_refused_before_a_byte_is_sent(
    site: Site, doctor: Somebody, changes: dict[str, str], message: str
) -> None:
    answer = begin(site.client(doctor.username), seat(site, doctor), **changes)

    assert answer.status_code == 422
    assert message in answer.get_json()["text"]


def test_a_file_of_another_kind_is_refused_and_forgotten(site: Site, doctor: Somebody) -> None:
    pk, client = seat(site, doctor), site.client(doctor.username)
    before = files(site, pk)
    told = begin(client, pk, size="9").get_json()

    answer = client.post(f"{told['url']}?at=0", data=b"MZ nothing")
    assert answer.status_code == 409  # one byte more than was said
    answer = client.post(f"{told['url']}?at=0", data=b"MZ nothin")

    assert answer.status_code == 422
    assert "不是PDF、JPEG或PNG" in answer.get_json()["text"]
    assert files(site, pk) == before
    with site.session() as session:
        assert session.scalar(select(func.count(Upload.id))) == 0


def test_a_secret_opens_nothing_for_anybody_else(site: Site, doctor: Somebody) -> None:
    pk = seat(site, doctor)
    told = begin(site.client(doctor.username), pk).get_json()
    other = somebody(site, status=AssessmentStatus.AWAITING_EXAM)
    stranger = site.client(other.username)

    assert send(stranger, told["url"], 0, told["piece"]).status_code == 404
    assert begin(stranger, pk).status_code == 404
    assert send(site.client("hospital"), told["url"], 0, 9).status_code == 403


def test_a_submitted_case_takes_no_more(site: Site) -> None:
    doctor = somebody(site, status=AssessmentStatus.AWAITING_AGENCY)

    answer = begin(site.client(doctor.username), seat(site, doctor))

    assert answer.status_code == 422
    assert "报名信息已提交" in answer.get_json()["text"]


def test_only_a_few_wait_and_old_ones_are_swept(site: Site, doctor: Somebody) -> None:
    pk, client = seat(site, doctor), site.client(doctor.username)
    for number in range(5):
        told = begin(client, pk, mark=str(number)).get_json()
        send(client, told["url"], 0, told["piece"])
    with site.session() as session:
        marks = session.scalars(select(Upload.mark).order_by(Upload.id)).all()
        assert marks == ["2", "3", "4"]
        assert uploads.forget_old(session, at=now()) == 0
        assert uploads.forget_old(session, at=now() + timedelta(days=3)) == 3
        assert session.scalar(select(func.count(UploadPiece.id))) == 0
