"""列设置: which columns a list shows, in which order, per account and list; exports follow it."""

import csv
import io
from collections.abc import Sequence

from flask.testing import FlaskClient

from app.queries.layouts import Layout, laid_out, woven
from app.queries.listing import Column, Listing
from tests.support.site import Site
from tests.views.casebrowser import headings, statements

LIST, COLUMNS = "/physicians/list/", "/physicians/columns"
NAMES = ["department", "name", "age", "id_number", "category", "level"]


def _choose(client: FlaskClient, order: Sequence[str], shown: Sequence[str], **more: str) -> str:
    data = {"order": list(order), "shown": list(shown), **more}
    answer = client.post(COLUMNS, data=data)
    return answer.location or answer.text


def _csv_heads(client: FlaskClient) -> list[str]:
    text = client.get("/physicians/export/csv").get_data().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))[1]


def test_list_and_export_follow_what_was_chosen_until_it_is_reset(site: Site) -> None:
    client = site.client("hospital")

    target = _choose(client, ["name", *NAMES], ["name", "id_number"], next=f"{LIST}?sort=name")

    assert target == f"{LIST}?sort=name"
    assert headings(client.get(LIST).text)[-3:] == ["姓名", "证件号码", "操作"]
    assert _csv_heads(client) == ["姓名", "证件号码"]
    assert "科室" in _csv_heads(site.client("county")) or "医疗卫生机构" in _csv_heads(
        site.client("county")
    )  # another account's list is as it was

    _choose(client, NAMES, ["name"], act="reset")
    assert _csv_heads(client)[:2] == ["科室", "姓名"]


def test_a_list_with_chosen_columns_costs_no_more_statements(site: Site) -> None:
    client = site.client("hospital")
    _choose(client, ["name", *NAMES], ["name", "id_number"])
    client.get(LIST)  # takes the notice that it was saved

    with statements(site) as sent:
        client.get(LIST)

    assert len(sent) <= 6, sent


def test_a_column_is_moved_without_scripts_and_kept_only_when_saved(site: Site) -> None:
    client = site.client("hospital")

    form = _choose(client, NAMES, NAMES, move="down:department")

    assert form.index('value="name"') < form.index('value="department"')
    assert _csv_heads(client)[:2] == ["科室", "姓名"]


def test_a_choice_of_nothing_or_of_unknown_columns_is_refused(site: Site) -> None:
    client = site.client("hospital")

    assert "请至少选择一列" in _choose(client, NAMES, [])
    _choose(client, ["nosuch"], ["nosuch"])

    assert _csv_heads(client)[:2] == ["科室", "姓名"]


def test_an_address_of_another_host_is_no_way_back(site: Site) -> None:
    target = _choose(site.client("hospital"), NAMES, NAMES, next="https://example.org/")

    assert target == LIST


def test_new_columns_stand_behind_the_one_they_follow_by_declaration() -> None:
    assert woven(["c", "a"], ["a", "b", "c", "d"]) == ["c", "d", "a", "b"]
    assert woven([], ["a", "b"]) == ["a", "b"]
    assert woven(["b"], ["a", "b"]) == ["a", "b"]


def test_hidden_columns_are_still_read_for_the_actions_of_a_row() -> None:
    columns = tuple(Column(name=n, label=n, expression=None, shown=n != "pk") for n in ("a", "pk"))
    listing = Listing(anchor=None, columns=(*columns, Column(name="b", label="", expression=None)))

    found = laid_out(listing, Layout(("b", "a"), frozenset({"a"})))

    assert [(c.name, c.shown) for c in found.columns] == [("b", True), ("a", False), ("pk", False)]
