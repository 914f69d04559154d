"""诊疗科目: the official list can be looked up and not changed."""

import re

import pytest

from tests.support.site import Site

pytestmark = pytest.mark.embedded  # forms and pages: the statements below them have tests on both

LIST = "/subjects/list/"


def rows(html: str) -> list[list[str]]:
    body = html[html.index("<tbody>") : html.index("</tbody>")]
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td[^>]*>.*?</td>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    ]


def test_a_second_level_entry_names_its_parent(shared_site: Site) -> None:
    html = shared_site.client("hospital").get(f"{LIST}?code=03.01").text

    assert rows(html) == [["1", "03.01", "呼吸内科专业", "二级", "内科", "查看"]]


def test_filters_find_by_name_and_level(shared_site: Site) -> None:
    html = shared_site.client("hospital").get(f"{LIST}?name=内科&level=1").text

    assert [row[1:5] for row in rows(html)] == [["03", "内科", "一级", "—"]]


def test_the_list_is_in_the_order_of_codes(shared_site: Site) -> None:
    html = shared_site.client("sysadmin").get(f"{LIST}?per_page=200").text

    codes = [row[1] for row in rows(html)]
    assert len(codes) > 100
    assert codes == sorted(codes)


@pytest.mark.parametrize("path", ["/subjects/add", "/subjects/edit/1", "/subjects/delete/1"])
def test_nobody_changes_the_list_in_pages(shared_site: Site, path: str) -> None:
    assert shared_site.client("sysadmin").post(path).status_code == 404
