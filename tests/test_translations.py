"""Every word a person sees is there in Chinese and English."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import config as configuration
from app.cli import catalogue
from app.enums import AssessmentStatus, ParticipationStatus, Procedure
from tests.support.site import Site

ROOT = Path(configuration.__file__).parent
HAN = re.compile(r"[\u4e00-\u9fff]")


def test_the_english_catalogue_is_fresh_and_complete() -> None:
    assert catalogue.problems(ROOT) == []


def test_a_missing_and_a_superfluous_word_are_found(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "page.py").write_text('from flask_babel import gettext as _\n_("新词")\n')
    catalogue.fill(tmp_path, {"新词": "new word"})
    assert catalogue.problems(tmp_path) == []

    (tmp_path / "app" / "page.py").write_text('from flask_babel import gettext as _\n_("另一词")\n')

    assert catalogue.problems(tmp_path) == [
        "not in the en catalogue: 另一词",
        "no longer used: 新词",
    ]


def test_no_english_text_is_left_in_chinese() -> None:
    with (ROOT / "translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        words = [message for message in read_po(file) if message.id]
    names = {
        "中文",  # a language is named in itself
        "“%(text)s”不在可选范围内，可填：是、否",  # what cells of a sheet may hold
        "“%(text)s”不在可选范围内，可填：良好、不良、行政处罚",
    }

    assert len(words) > 500
    assert [m.id for m in words if HAN.search(str(m.string)) and m.id not in names] == []


@pytest.mark.parametrize("vocabulary", [AssessmentStatus, ParticipationStatus, Procedure])
def test_the_manuals_words_are_verbatim(vocabulary: type) -> None:
    manual = {
        "待填报信息",
        "待考核机构复核",
        "待参加测评",
        "待参加补考",
        "考核完成",
        "未确认参加",
        "已确认参加",
        "离岗",
        "一般程序",
        "简易程序",
    }
    values = {member.value for member in vocabulary}  # type: ignore[attr-defined] # StrEnums

    assert values & manual
    assert manual <= {
        member.value
        for kind in (AssessmentStatus, ParticipationStatus, Procedure)
        for member in kind
    }


@pytest.mark.parametrize(
    "path", ["/", "/departments/list/", "/physicians/list/", "/progress/list/"]
)
def test_chinese_is_the_default_and_english_is_chosen(shared_site: Site, path: str) -> None:
    client = shared_site.client("hospital")

    assert 'lang="zh-CN"' in client.get(path).get_data(True)
    client.get("/lang/en")
    assert 'lang="en"' in client.get(path).get_data(True)
