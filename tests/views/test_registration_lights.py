"""What each part of a form lacks, in lights on the home page and as numbers beside the parts; past cycles."""

import re

import pytest
from sqlalchemy import select

from app.dashboards.registration_lights import SECTIONS, lights, section_of
from app.enums import AssessmentStatus as S
from app.enums import CycleStatus, ParticipationStatus, Procedure, Verdict
from app.models import Account, Assessment, Cycle, Identity, Participation
from app.operations.registrations import Gap
from app.operations.remarks import FIELDS
from app.views.registration_form import ORDER
from tests.support.site import Site
from tests.views.casebrowser import page, text
from tests.workflows.world import case_id


def gap(field: str) -> Gap:
    return Gap(field, "缺")  # type: ignore[arg-type]  # its words are not looked at


@pytest.mark.parametrize("field", [*ORDER, *FIELDS, "work.y2024.months_present", "ethics.RIGHTS"])
def test_every_field_belongs_to_a_part_of_the_form(field: str) -> None:
    assert section_of(field) in SECTIONS


def test_a_part_is_red_amber_or_green() -> None:
    found = lights([gap("phone"), gap("work.y2024.annual_grade"), gap("ethics.RIGHTS")], ["work"])

    assert {light.section: (light.tone, light.missing, light.remarks) for light in found} == {
        "basic": ("wait", 1, 0),
        "practice": ("ok", 0, 0),
        "experiences": ("ok", 0, 0),
        "conduct": ("ok", 0, 0),
        "work": ("bad", 1, 1),
        "ethics": ("wait", 1, 0),
        "choice": ("ok", 0, 0),
        "attachments": ("ok", 0, 0),
    }


def username(site: Site, pk: int) -> str:
    with site.session() as session:
        return str(
            session.scalars(
                select(Account.username)
                .join(Identity, Identity.account_id == Account.id)
                .join(Assessment, Assessment.physician_id == Identity.physician_id)
                .where(Assessment.id == pk)
            ).one()
        )


def test_home_and_form_tell_what_was_remarked_on_and_what_is_missing(site: Site) -> None:
    pk = case_id(site, S.INSTITUTION_REJECTED)
    with site.session() as session:
        registration = session.get_one(Assessment, pk).participation.registration
        assert registration is not None
        registration.phone = None
        session.commit()
    client = site.client(username(site, pk))

    home = page(client, "/")
    form = page(client, "/registration/")

    rows = re.findall(r'<li><a href="(/registration/#\w+)">[^<]+</a>(.*?)</li>', home)
    told = {url: text(word) for url, word in rows if "chip" in word}
    assert told["/registration/#basic"] == "缺1项"
    assert told["/registration/#work"] == "有1条审核意见"
    assert told["/registration/#ethics"] == "已填写"
    assert len(told) == len(SECTIONS)
    assert re.search(r'href="#basic">基本信息<span class="tab-count">1</span>', form)


def test_home_tells_ones_own_past_cycles_only(site: Site) -> None:
    pk = case_id(site, S.AWAITING_EXAM)
    other = case_id(site, S.AWAITING_AGENCY)
    with site.session() as session:
        for number, (case_pk, label) in enumerate(((pk, "01甲"), (other, "01乙"))):
            case = session.get_one(Assessment, case_pk)
            cycle = Cycle(
                label=label, starts_on=case.cycle.starts_on.replace(year=2020 + number),
                last_day=case.cycle.starts_on.replace(year=2022 + number),
                status=CycleStatus.CLOSED, rules={}, province_id=case.province_id,
                authority_path=case.cycle.authority_path,
            )  # fmt: skip
            session.add(cycle)
            session.flush()
            owner = {
                name: getattr(case, name)
                for name in ("province_id", "authority_path", "institution_id", "physician_id")
            }
            past = Participation(status=ParticipationStatus.CONFIRMED, cycle_id=cycle.id, **owner)
            session.add(past)
            session.flush()
            session.add(
                Assessment(
                    status=S.COMPLETED, result=Verdict.PASS, procedure=Procedure.GENERAL,
                    status_since=case.status_since, cycle_id=cycle.id, participation_id=past.id,
                    **owner,
                )
            )  # fmt: skip
        session.commit()

    words = text(page(site.client(username(site, pk)), "/"))

    assert "01甲" in words.partition("历史周期")[2]
    assert "01乙" not in words
