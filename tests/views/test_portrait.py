"""头像: taken only when it is a portrait, brought into shape, shown to whoever reads the physician."""

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from app.enums import AssessmentStatus, ParticipationStatus, Role
from app.models import Assessment, Physician, Portrait, PracticePlace, TrailEntry
from app.operations import portraits
from app.views.clock import now
from tests.support.site import Site
from tests.views.requests_world import Somebody, file, png, somebody

pytestmark = pytest.mark.embedded  # forms and pages: the statements below them have tests on both


@pytest.fixture
def doctor(site: Site) -> Somebody:
    return somebody(site, status=AssessmentStatus.AWAITING_INSTITUTION)


def upload(site: Site, who: Somebody, content: bytes, name: str = "照片.png") -> str:
    answer = site.client(who.username).post(
        "/portraits/upload", data={"portrait": file(content, name)}, follow_redirects=True
    )
    assert answer.status_code == 200
    return str(answer.text)


def test_it_is_cropped_scaled_and_written_anew(site: Site, doctor: Somebody) -> None:
    assert "头像已保存" in upload(site, doctor, png(900, 1000, "red"))

    shown = site.client(doctor.username).get(f"/portraits/{doctor.id}")

    assert shown.mimetype == "image/jpeg"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    with Image.open(BytesIO(shown.data)) as image:
        assert image.size == portraits.SIZE
        assert not image.getexif()
    with site.session() as session:
        row = session.scalars(select(Portrait).where(Portrait.physician_id == doctor.id)).one()
        assert shown.data not in row.content  # sealed at rest
        actions = session.scalars(
            select(TrailEntry.action).where(
                TrailEntry.subject == "portrait", TrailEntry.subject_id == row.id
            )
        ).all()
    assert actions == ["upload"]


def test_a_new_one_takes_the_place_of_the_old(site: Site, doctor: Somebody) -> None:
    upload(site, doctor, png(colour="red"))
    first = site.client(doctor.username).get(f"/portraits/{doctor.id}")
    upload(site, doctor, png(colour="blue"))
    second = site.client(doctor.username).get(f"/portraits/{doctor.id}")

    assert first.data != second.data
    same = site.client(doctor.username).get(
        f"/portraits/{doctor.id}", headers={"If-None-Match": second.headers["ETag"]}
    )
    assert (same.status_code, same.data) == (304, b"")


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "", "未选择文件"),
        (b"%PDF-1.4 x", "a.pdf", "头像须为JPEG或PNG图片"),
        (b"GIF89a", "a.gif", "不是PDF、JPEG或PNG"),
        (png(100, 140), "a.png", "图片太小（100×140像素）"),
        (png(800, 600), "a.png", "图片的高应大于宽"),
        (png()[:200], "a.png", "图片已损坏"),
    ],
)
def test_a_picture_that_is_no_portrait_is_refused_with_why(
    site: Site, doctor: Somebody, content: bytes, name: str, message: str
) -> None:
    assert message in upload(site, doctor, content, name)
    assert site.client(doctor.username).get(f"/portraits/{doctor.id}").status_code == 404


def test_it_stands_on_the_case_s_page_for_those_who_read_the_physician(
    site: Site, doctor: Somebody
) -> None:
    upload(site, doctor, png())
    with site.session() as session:
        case = session.scalars(select(Assessment).where(Assessment.physician_id == doctor.id)).one()
        pk = case.id
    html = site.client("hospital").get(f"/progress/case/{pk}").text
    assert f'src="/portraits/{doctor.id}"' in html

    assert site.client("hospital").get(f"/portraits/{doctor.id}").status_code == 200
    for who, role in (("hospital-3", None), ("hospital-sn", None), ("agency-sn", Role.AGENCY)):
        assert site.client(who, role).get(f"/portraits/{doctor.id}").status_code == 404


def test_it_goes_with_the_physician_and_a_request_keeps_both(site: Site) -> None:
    free = [
        somebody(site, seat=ParticipationStatus.UNCONFIRMED, skip=n, has_history=False)
        for n in range(2)
    ]
    with site.session() as session:
        for who in free:
            person = session.get_one(Physician, who.id)
            owner = {
                name: getattr(person, name)
                for name in ("province_id", "authority_path", "institution_id")
            }
            session.add(
                Portrait(
                    content=b"x", sha256="0" * 64, taken_at=now(), physician_id=who.id, **owner
                )
            )
        session.add(
            PracticePlace(
                place="某院", started_on=now().date(), status_since=now(), asked_at=now(),
                physician_id=free[1].id, **owner,
            )
        )  # fmt: skip
        session.commit()
    clerk = site.client("hospital")

    for who in free:
        clerk.post(f"/physicians/delete/{who.id}")

    with site.session() as session:
        assert session.get(Physician, free[0].id) is None
        assert session.get(Physician, free[1].id) is not None
        kept = session.scalars(select(Portrait.physician_id)).all()
    assert free[0].id not in kept
    assert free[1].id in kept
