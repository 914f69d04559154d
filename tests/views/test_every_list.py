"""Every list with every tab, order, filter and export, and a row's page: on both databases."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from tests.support.site import Site
from tests.test_access_matrix import ACCOUNTS, MATRIX

pytestmark = pytest.mark.both
_MOST = 40


def _lists(site: Site, letter: str) -> list[str]:
    return [
        rule.rule
        for rule in site.app.url_map.iter_rules()
        if rule.endpoint.endswith(".list") and letter in MATRIX[rule.endpoint]
    ]


def _variants(html: str) -> list[str]:
    links = re.findall(r'href="([^"]*(?:tab|sort|page)=[^"]*|[^"]*/export/csv[^"]*)"', html)
    return list(dict.fromkeys(unescape(link) for link in links))


def _filters(html: str) -> dict[str, str]:
    """Fill in every filter of a list: the first choice, a word, or a day."""
    bar = html.partition('<form class="filters')[2].partition("</form>")[0]
    found = {
        name: "2024-05-10" if kind == "date" else "1"
        for kind, name in re.findall(r'<input[^>]*type="(text|date|number)"[^>]*name="(\w+)"', bar)
    }
    for name, options in re.findall(r'(?s)<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', bar):
        values = [value for value in re.findall(r'<option[^>]*value="([^"]*)"', options) if value]
        found |= {name: values[0]} if values else {}
    return found


def _opened(client: FlaskClient, url: str) -> str:
    answer = client.get(url, follow_redirects=True)
    assert answer.status_code == 200, url
    return "" if "/export/" in url else answer.text


@pytest.mark.parametrize("letter", ACCOUNTS)
def test_every_list_answers_whatever_is_asked_of_it(shared_site: Site, letter: str) -> None:
    client = shared_site.client(ACCOUNTS[letter])
    lists = _lists(shared_site, letter)
    assert lists
    for path in lists:
        html = _opened(client, path)
        for url in _variants(html)[:_MOST]:
            _opened(client, url)
        for name, value in _filters(html).items():
            answer = client.get(path, query_string={name: value})
            assert answer.status_code == 200, (path, name)
        pages = re.findall(r'href="(/[^"]*/(?:show|case)/\d+[^"]*)"', html)
        for url in pages[:1]:
            _opened(client, unescape(url))
