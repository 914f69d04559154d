"""合格证书 as PDF: its text is the data, whatever the name; its code leads to the page that verifies it."""

from collections.abc import Iterator

import pytest
from flask import Flask

from app.documents import certificates as documents
from app.documents import faces
from app.operations import certificates
from tests.documents.printed import BASE, certificate, codes, names, pages, rare_characters
from tests.support.site import Site


@pytest.fixture(autouse=True)
def _app(shared_site: Site) -> Iterator[Flask]:
    with shared_site.app.test_request_context():
        yield shared_site.app


pytestmark = pytest.mark.embedded


def test_two_hundred_names_with_rare_characters_print_and_copy_as_they_are() -> None:
    wanted = names(200)
    beyond = sum(any(ord(char) > 0xFFFF for char in name) for name in wanted)
    assert beyond > 100
    rows = [(certificate(name, number), None) for number, name in enumerate(wanted)]
    files = [documents.drawn(rows[at : at + 25], base=BASE) for at in range(0, 200, 25)]
    found = [text for file in files for text in pages(file)]
    assert len(found) == 200
    wrong = [
        name
        for (row, _photo), name, text in zip(rows, wanted, found, strict=True)
        if not all(
            word in text
            for word in (
                name, row.number, "平城区医院", "临床", "执业医师", "2024年5月10日", "2024年11月5日",
                "山西省卫生健康委员会", certificates.check_code(row),
            )
        )
    ]  # fmt: skip
    assert wrong == []


def test_the_code_leads_to_the_address_that_verifies_it() -> None:
    row = certificate()
    content = documents.drawn([(row, None)], base=BASE)
    assert codes(content) == [f"{BASE}/v/{row.token}"]
    assert f"{BASE}/v/{row.token}" in pages(content)[0]


def test_a_face_is_loaded_for_each_rare_character_and_only_then() -> None:
    assert faces.families("丁自然") == [faces.USUAL]
    for char in rare_characters(20, seed=3):
        listed = faces.families(f"丁{char}")
        assert len(listed) == 2
        assert faces.missing(f"丁{char}") == ""
    assert faces.missing("丁\U000e0041") == "\U000e0041"


def test_beyond_the_first_plane_the_text_layer_has_two_units() -> None:
    assert "<20> <D842DFB7>" in faces.to_unicode("f", [0] * 32 + [0x20BB7])
    assert "<21> <4E01>" in faces.to_unicode("f", [0] * 33 + [0x4E01])


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("丁自然", "丁*然"),
        ("丁然", "丁*"),
        ("欧阳自然", "欧**然"),
        ("\U00020bb7野家", "\U00020bb7*家"),
    ],
)
def test_names_are_masked_for_the_public(name: str, masked: str) -> None:
    assert certificates.masked(name) == masked
