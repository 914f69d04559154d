"""The physician's home page: where it stands, what is missing, who has it."""

import pytest
from sqlalchemy import update

from app.enums import (
    AssessmentStatus,
    CycleStatus,
    ParticipationStatus,
)
from app.models import (
    Cycle,
    Participation,
)
from app.operations import registrations
from tests.support.physicians import (
    FORM_URL as URL,
)
from tests.support.physicians import (
    HOSPITAL,
    by_participation,
    case_of,
    physician,
)
from tests.support.site import Site

S = AssessmentStatus


@pytest.fixture
def who(site: Site) -> str:
    """A physician who was confirmed and has typed nothing yet."""
    return physician(site, S.AWAITING_FORM, is_begun=False)


def test_home_says_what_is_missing_and_links_to_the_field(site: Site) -> None:
    begun = physician(site, S.AWAITING_FORM, is_begun=True)

    page = site.client(begun).get("/").text

    with site.session() as session:
        case = case_of(session, begun)
        gaps = [gap.field for gap in registrations.gaps(session, case)]
        name = case.physician.name
    assert f"<h1>{name}</h1>" in page
    assert gaps
    assert [f'href="{URL}#{field.replace(".", "-")}"' in page for field in gaps] == [True] * len(
        gaps
    )
    assert "未确认参加" in page.split("操作日志")[-1]


HOLDERS = [
    (S.AWAITING_FORM, "本人"),
    (S.AWAITING_INSTITUTION, HOSPITAL),
    (S.AWAITING_AGENCY, "长治医师定期考核中心"),
]


@pytest.mark.parametrize(("status", "holder"), HOLDERS)
def test_home_says_who_has_it_now(site: Site, status: AssessmentStatus, holder: str) -> None:
    page = site.client(physician(site, status)).get("/").text

    assert f"<dt>当前处理</dt>\n    <dd>{holder}</dd>" in page
    assert str(status.value) in page


def test_home_of_somebody_unconfirmed_says_whom_to_ask(site: Site) -> None:
    waiting = by_participation(site, Participation.status == ParticipationStatus.UNCONFIRMED)
    client = site.client(waiting)

    for page in (client.get("/").text, client.get(URL).text):
        assert "您尚未被确认参加本周期考核，请联系本机构。" in page
        assert '<form id="registration"' not in page


def test_without_an_open_cycle_both_pages_say_so(site: Site, who: str) -> None:
    with site.session() as session:
        session.execute(update(Cycle).values({"status": CycleStatus.CLOSED}))
        session.commit()
    client = site.client(who)

    for url in ("/", URL):
        assert "目前没有进行中的考核周期。" in client.get(url).text
    assert client.post(URL, data={"action": "save"}).status_code == 200
