"""合格证书 in pages: issued together, downloaded one by one or as one file, by those whom they concern."""

import io
import zipfile

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.enums import CertificateStatus, FilingStatus, Verdict
from app.jobs.results import content_of
from app.models import Certificate, Conclusion, Institution, JobFile
from app.security.actor import unscoped
from tests.documents.printed import codes, pages
from tests.support.jobs import run_jobs
from tests.support.site import Site
from tests.views.casebrowser import text
from tests.workflows.world import HOSPITAL

LIST = "/certificates/list/"


def own(site: Site, house: str = HOSPITAL) -> list[tuple[int, str, str]]:
    """Give id, number and name of the valid certificates of a hospital."""
    with site.session() as session, unscoped("a test looks"):
        rows = session.scalars(
            select(Certificate)
            .join(Institution, Institution.id == Certificate.institution_id)
            .where(Institution.name == house, Certificate.status == CertificateStatus.VALID)
            .order_by(Certificate.id)
        )
        return [(row.id, row.number, row.facts["name"]) for row in rows]


def file_of(site: Site) -> bytes:
    with site.session() as session, unscoped("a test looks"):
        file = session.scalars(select(JobFile).order_by(JobFile.id.desc())).first()
        assert file is not None
        return b"".join(content_of(session, file))


def test_a_hospital_downloads_a_certificate_whose_code_leads_here(site: Site) -> None:
    pk, number, name = own(site)[0]
    answer = site.client("hospital").get(f"/certificates/paper/{pk}")
    assert answer.content_type == "application/pdf"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    found = pages(answer.data)
    assert len(found) == 1
    assert number in found[0]
    assert name in found[0]
    (address,) = codes(answer.data)
    path = address.removeprefix("http://localhost")
    assert site.client().get(path).get_json()["number"] == number


@pytest.mark.parametrize("form", ["pdf", "zip"])
def test_all_of_a_hospital_come_as_one_file(site: Site, form: str) -> None:
    rows = own(site)
    assert len(rows) > 3
    client = site.client("hospital")
    answer = client.post(f"/certificates/files/{form}", data={"scope": "filter", "tab": "valid"})
    assert "/jobs/show/" in answer.location
    run_jobs(site)
    content = file_of(site)
    if form == "pdf":
        found = pages(content)
        assert len(found) == len(rows)
        assert all(name in shown for (_pk, _number, name), shown in zip(rows, found, strict=True))
    else:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            assert names == [f"{number}-{name}.pdf" for _pk, number, name in rows]
            assert rows[0][2] in pages(archive.read(names[0]))[0]


def test_nothing_chosen_is_said_and_makes_no_job(site: Site) -> None:
    client = site.client("hospital")
    answer = client.post("/certificates/files/pdf", data={"ids": ["0"]}, follow_redirects=True)
    assert "所选记录中没有有效的证书" in text(answer.text)


def _steps(client: FlaskClient, pk: int, action: str, reason: str) -> str:
    data = {"comment": reason, "back": LIST}
    answer = client.post(f"/steps/certificate/{pk}/{action}", data=data, follow_redirects=True)
    return text(answer.text)


def test_a_lost_one_is_replaced_and_the_old_one_is_not_printed_again(site: Site) -> None:
    pk, number, _name = own(site)[0]
    office = site.client("province")
    assert "请填写原因" in _steps(office, pk, "replace", "")
    assert "操作成功" in _steps(office, pk, "replace", "遗失")
    answer = site.client("hospital").get(f"/certificates/paper/{pk}", follow_redirects=True)
    assert "不能下载" in text(answer.text)
    assert f"{number}-2" in {one[1] for one in own(site)}


def test_the_authority_files_and_issues_together(site: Site) -> None:
    office = site.client("province")
    page = text(office.get("/conclusions/list/").text)
    assert "待备案" in page
    with site.session() as session, unscoped("a test looks"):
        waits = select(Conclusion).where(Conclusion.status == FilingStatus.AWAITING)
        rows = session.scalars(waits.where(Conclusion.province_id == 2)).all()
        passed = sum(row.result is Verdict.PASS for row in rows)
        contested = 1  # somebody of the demo waits for an answer
    url = "/steps/conclusion/bulk/file?view=ConclusionView"
    data = {"scope": "filter", "tab": "waiting", "back": "/conclusions/list/"}
    told = text(office.post(url, data=data, follow_redirects=True).text)
    assert f"“备案”成功{len(rows) - contested}条" in told
    assert "复核申请尚未答复" in told
    before = len(own(site))
    data = {"scope": "filter", "tab": "printing"}
    told = text(office.post("/conclusions/issue", data=data, follow_redirects=True).text)
    assert "已发证" in told
    assert passed > 0
    assert len(own(site)) > before
