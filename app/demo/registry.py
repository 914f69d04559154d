"""陕西省 of the demo has linked the registry: one page was taken in, and three people must be looked at."""

from collections.abc import Sequence
from dataclasses import fields, replace

from app.demo.cases import Hired
from app.demo.people import Person
from app.demo.places import SHAANXI
from app.demo.province import Country
from app.enums import PracticeStatus, Title
from app.exchange.registry_contract import RegistryPage
from app.exchange.registry_sync import apply_page
from app.operations.physicians import id_index
from app.operations.registry_changes import RegistryChange, RegistryFacts
from app.operations.registry_links import set_link
from app.security.actor import acting_as
from app.security.id_numbers import mask_id_number

_ELSEWHERE = ("12610113000000000A", "雁塔区第二医院")


def link(country: Country, hired: Sequence[Hired]) -> None:
    """Link the province, and take in what the registry says of some of its people."""
    province, actor = country.offices[SHAANXI], country.actors[SHAANXI]
    with acting_as(actor):
        set_link(
            country.session,
            province,
            is_linked=True,
            reason="全省医师信息改由医师电子化注册系统提供。",
            actor=actor,
            at=country.moment(3),
        )
        country.session.flush()  # while the province is bound
    page = RegistryPage(tuple(_changes(hired)), next_cursor="4", has_more=False)
    apply_page(
        country.session,
        page,
        province_id=province.id,
        cursor=None,
        at=country.moment(1, 30),
    )


def _changes(hired: Sequence[Hired]) -> list[RegistryChange]:
    site = hired[0].site
    here = (site.row.uscc, site.row.name)
    by_story = {one.story.name: one.person for one in hired}
    promoted = replace(by_story["passed"], title=Title.CHIEF)
    renamed = replace(by_story["awaiting_form"], name=f"{by_story['awaiting_form'].name[0]}思源")
    return [
        _change(1, promoted, here),
        _change(2, renamed, here),
        _change(3, by_story["awaiting_institution"], _ELSEWHERE),
        _change(4, by_story["unconfirmed"], here, practice=PracticeStatus.RETIRED),
    ]


def _change(
    seq: int,
    person: Person,
    home: tuple[str, str],
    *,
    practice: PracticeStatus = PracticeStatus.ACTIVE,
) -> RegistryChange:
    uscc, institution = home
    stated = {one.name: getattr(person, one.name) for one in fields(RegistryFacts)}
    return RegistryChange(
        seq=seq,
        id_index=id_index(person.id_number),
        id_masked=mask_id_number(person.id_number),
        name=person.name,
        uscc=uscc,
        institution_name=institution,
        department_name="",
        practice=practice,
        facts=RegistryFacts(**stated),
        raw={},
    )
