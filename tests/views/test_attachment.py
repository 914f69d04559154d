"""附件 over HTTP: the form keeps what was typed, and foreign files do not exist."""

from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from app.enums import AccountState, AssessmentStatus, Role
from app.models import Account, Assessment, Attachment, Identity, Institution
from app.operations import appointments
from tests.support.physicians import HOSPITAL, case_of, form_values, physician, registration_of
from tests.support.site import Site

FORM = "/registration/"
PDF = b"%PDF-1.7\ntrailer<<>>\n%%EOF\n"
S = AssessmentStatus


@pytest.fixture
def owner(site: Site) -> str:
    """A physician who was confirmed and has typed nothing yet."""
    return physician(site, S.AWAITING_FORM, is_begun=False)


def upload(site: Site, owner: str, content: bytes = PDF, name: str = "职称证书.pdf") -> Any:
    """Choose a file in the form, change a field as well, and press 上传附件."""
    client = site.client(owner)
    values: dict[str, Any] = form_values(client.get(FORM).text)
    values |= {"position": "主任", "action": "upload", "attachment": (BytesIO(content), name)}
    return client.post(FORM, data=values, content_type="multipart/form-data")


_OF_FORMS = Attachment.filename != "证明.png"  # what the demo's physicians have uploaded


def only_attachment(site: Site) -> tuple[int, int]:
    """Give the id of the only file and of its participation."""
    with site.session() as session:
        found = session.scalars(select(Attachment).where(_OF_FORMS)).one()
        return found.id, found.participation_id


def next_clerk(site: Site) -> str:
    """Give the user name of the clerk of another hospital in the same province."""
    statement = (
        select(Account.username)
        .join(Identity, Identity.account_id == Account.id)
        .join(Institution, Institution.id == Identity.institution_id)
        .where(
            Identity.role == Role.INSTITUTION,
            Identity.province_id == site.actor("hospital").province_id,
            Institution.name != HOSPITAL,
            Account.state == AccountState.ACTIVE,
        )
    )
    with site.session() as session:
        return str(session.scalars(statement).first())


def test_a_file_is_taken_up_with_what_was_typed_beside_it(site: Site, owner: str) -> None:
    answer = upload(site, owner)

    page = site.client(owner).get(FORM).text
    pk, _participation = only_attachment(site)
    assert answer.location.endswith("#attachments")
    assert f'href="/attachments/{pk}"' in page
    with site.session() as session:
        row = registration_of(session, owner)
        assert row is not None
        assert row.position == "主任"


def test_a_refused_file_is_told_beside_the_field_and_the_draft_is_kept(
    site: Site, owner: str
) -> None:
    answer = upload(site, owner, b"<html>")

    assert answer.status_code == 200
    assert "文件内容不是PDF、JPEG或PNG" in answer.text
    assert form_values(answer.text)["position"] == "主任"
    with site.session() as session:
        row = registration_of(session, owner)
        assert row is not None
        assert row.position == "主任"


def test_a_download_is_saved_and_never_shown(site: Site, owner: str) -> None:
    upload(site, owner)
    pk, _participation = only_attachment(site)

    answer = site.client(owner).get(f"/attachments/{pk}")

    assert answer.data == PDF
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename*=UTF-8''%E8%81%8C%E7%A7%B0%E8%AF%81%E4%B9%A6.pdf"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_whoever_assesses_the_case_may_download(site: Site, owner: str) -> None:
    upload(site, owner)
    pk, _participation = only_attachment(site)

    readers = ("hospital", "agency", "county", "province")
    others = ("sysadmin", "proctor")
    codes = {
        name: site.client(name).get(f"/attachments/{pk}").status_code for name in readers + others
    }

    assert codes == dict.fromkeys(readers, 200) | dict.fromkeys(others, 403)


def test_a_foreign_file_does_not_exist(site: Site, owner: str) -> None:
    upload(site, owner)
    pk, participation = only_attachment(site)
    colleague = physician(site, S.INSTITUTION_REJECTED)

    for name in (colleague, next_clerk(site), "hospital-sn"):
        assert site.client(name).get(f"/attachments/{pk}").status_code == 404
    client = site.client(colleague)
    sent = {"attachment": (BytesIO(PDF + b"2"), "a.pdf")}
    assert client.post(f"/attachments/{pk}/delete").status_code == 404
    assert client.post(f"/attachments/upload/{participation}", data=sent).status_code == 404
    values = form_values(client.get(FORM).text)
    client.post(FORM, data=values | {"action": f"remove_attachment:{pk}"})
    assert only_attachment(site)[0] == pk


def test_an_agency_without_appointment_does_not_see_the_file(site: Site, owner: str) -> None:
    upload(site, owner)
    pk, _participation = only_attachment(site)
    with site.session() as session:
        case = case_of(session, owner)
        appointments.entrust(
            session,
            institution_id=case.institution_id,
            cycle_id=case.cycle_id,
            agency_id=None,
        )
        session.commit()

    assert site.client("agency").get(f"/attachments/{pk}").status_code == 404
    assert site.client("hospital").get(f"/attachments/{pk}").status_code == 200


def test_a_visitor_is_sent_to_sign_in(site: Site, owner: str) -> None:
    upload(site, owner)
    pk, _participation = only_attachment(site)

    assert site.client().get(f"/attachments/{pk}").status_code == 302


def test_the_owner_may_delete_with_the_form_and_by_address(site: Site, owner: str) -> None:
    client = site.client(owner)
    for number, way in enumerate(("form", "address")):
        upload(site, owner, PDF + str(number).encode())
        pk, _participation = only_attachment(site)
        if way == "form":
            values = form_values(client.get(FORM).text)
            client.post(FORM, data=values | {"action": f"remove_attachment:{pk}"})
        else:
            client.post(f"/attachments/{pk}/delete")
        assert client.get(f"/attachments/{pk}").status_code == 404


def test_the_address_takes_a_file_and_refuses_with_a_message(site: Site, owner: str) -> None:
    client = site.client(owner)
    with site.session() as session:
        url = f"/attachments/upload/{case_of(session, owner).participation_id}"

    client.post(url, data={"attachment": (BytesIO(PDF), "a.pdf")})
    client.post(url, data={"attachment": (BytesIO(PDF), "b.pdf")})

    assert "该文件已在附件列表中" in client.get(FORM).text
    assert only_attachment(site)[0] > 0


def test_a_submitted_case_keeps_its_files(site: Site) -> None:
    submitted = physician(site, S.AWAITING_INSTITUTION)
    client = site.client(submitted)
    with site.session() as session:
        url = f"/attachments/upload/{case_of(session, submitted).participation_id}"

    client.post(url, data={"attachment": (BytesIO(PDF), "a.pdf")})

    assert "不能修改" in client.get(FORM).text
    with site.session() as session:
        assert session.scalars(select(Attachment).where(_OF_FORMS)).all() == []


def test_the_clerk_reads_files_but_neither_adds_nor_deletes(site: Site, owner: str) -> None:
    upload(site, owner)
    pk, participation = only_attachment(site)
    clerk = site.client("hospital")

    assert clerk.post(f"/attachments/{pk}/delete").status_code == 403
    assert clerk.post(f"/attachments/upload/{participation}").status_code == 403
    with site.session() as session:
        own = select(Institution.name).join(Assessment, Assessment.institution_id == Institution.id)
        assert session.scalars(own.where(Assessment.participation_id == participation)).one() == (
            HOSPITAL
        )
