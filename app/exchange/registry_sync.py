"""同步: page after page from the registry, each applied in one transaction with its cursor.

The network is never inside a transaction: ``save`` ends the one that read the cursor before a
page is asked for. Killed at any instant, a run begins again at the last cursor, and what was taken
in already is known by its number.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.exchange.registry_client import RegistryClient, RegistryUnavailable
from app.exchange.registry_contract import RegistryAnswerInvalid, RegistryPage, read_page
from app.models import RegistryConflict
from app.operations import registry_intake, registry_links
from app.operations.registry_intake import Taken
from app.operations.registry_links import LinkedProvince, LinkOvertaken
from app.periods import local_day
from app.security.actor import unscoped
from app.workflows.bulk import fire_many
from app.workflows.registry_conflict import REGISTRY_CONFLICT

MOST_PAGES = 1000  # of one province and run; the next run goes on
_SCOPE = "the registry's link and conflicts of a province, whoever asked for the synchronisation"


@dataclass(frozen=True, slots=True)
class Run:
    """What one run did for a province; ``error`` says why it stopped before the end."""

    province: LinkedProvince
    pages: int
    taken: Taken
    error: str | None = None


def sync_due(
    session: Session,
    *,
    client: RegistryClient,
    now: Callable[[], datetime],
    save: Callable[[], None],
    codes: Sequence[str] = (),
) -> list[Run]:
    """Bring every linked province up to date, or those with the given codes.

    One province's failure does not keep the others waiting.

    :param now: the naive UTC time at which each page is applied.
    :param save: ends the transaction and makes it last (``session.commit`` of the edge).
    """
    with unscoped(_SCOPE):
        provinces = registry_links.linked_provinces(session, codes=codes)
        save()
        return [
            _sync(session, province, client=client, now=now, save=save) for province in provinces
        ]


def apply_page(
    session: Session,
    page: RegistryPage,
    *,
    province_id: int,
    cursor: str | None,
    at: datetime,
) -> Taken:
    """Take one page in and move the cursor over it; the caller commits both or neither.

    :param cursor: where the page was asked from.
    :raises LinkOvertaken: somebody else took it in, or the link is off; then nothing was written.
    """
    actor = registry_links.sync_actor()
    with unscoped(_SCOPE):
        link = registry_links.advance(
            session,
            province_id=province_id,
            before=cursor,
            after=page.next_cursor,
            is_last=not page.has_more,
            at=at,
        )
        taken = registry_intake.take_in(
            session,
            page.changes,
            province_id=province_id,
            province_path=link.authority_path,
            actor=actor,
            at=at,
        )
        if taken.overtaken:
            fire_many(
                REGISTRY_CONFLICT,
                session,
                RegistryConflict.id.in_(taken.overtaken),
                "supersede",
                actor=actor,
                at=at,
            )
    return taken


def _sync(
    session: Session,
    province: LinkedProvince,
    *,
    client: RegistryClient,
    now: Callable[[], datetime],
    save: Callable[[], None],
) -> Run:
    pages, taken, cursor = 0, Taken(), province.cursor
    try:
        while pages < MOST_PAGES:
            content = client.fetch(province_code=province.code, cursor=cursor)
            at = now()
            page = read_page(content, province_code=province.code, today=local_day(at))
            if page.has_more and page.next_cursor == cursor:
                raise RegistryAnswerInvalid("the cursor does not move")
            done = apply_page(session, page, province_id=province.province_id, cursor=cursor, at=at)
            save()
            pages, taken, cursor = pages + 1, taken.plus(done), page.next_cursor
            if not page.has_more:
                break
    except LinkOvertaken:
        session.rollback()
        return Run(province, pages, taken, "overtaken")
    except (RegistryUnavailable, RegistryAnswerInvalid) as error:
        session.rollback()
        registry_links.note_failure(
            session, province_id=province.province_id, error=str(error), at=now()
        )
        save()
        return Run(province, pages, taken, str(error))
    return Run(province, pages, taken)
