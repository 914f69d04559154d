"""The picture of the login is a picture, and its text is compared kindly but exactly."""

from io import BytesIO

import pytest
from flask import Flask
from flask_babel import Babel, force_locale
from PIL import Image, ImageChops

from app.security.captcha import (
    CAPTCHA_ALPHABET,
    HEIGHT,
    WIDTH,
    captcha_matches,
    draw_captcha,
    new_captcha_text,
    new_word_problem,
)

NUMERALS = "零一二三四五六七八九"


def opened(content: bytes) -> Image.Image:
    picture = Image.open(BytesIO(content))
    picture.load()
    return picture


def darkness_by_part(picture: Image.Image, parts: int) -> list[int]:
    grey, width = picture.convert("L"), picture.width / parts
    return [
        sum(grey.crop((int(n * width), 0, int((n + 1) * width), picture.height)).histogram()[:130])
        for n in range(parts)
    ]


def test_captcha_is_a_png_of_the_announced_size() -> None:
    picture = opened(draw_captcha("K7XMP"))

    assert (picture.format, picture.size, picture.mode) == ("PNG", (WIDTH, HEIGHT), "RGB")


@pytest.mark.parametrize("seed", range(10))
def test_every_character_leaves_dark_ink_in_its_place(seed: int) -> None:
    blank = darkness_by_part(opened(draw_captcha("     ", seed=seed)), 5)
    drawn = darkness_by_part(opened(draw_captcha("HHHHH", seed=seed)), 5)

    assert all(full > empty + 60 for full, empty in zip(drawn, blank, strict=True))


def test_same_seed_draws_the_same_picture_and_another_seed_another() -> None:
    assert draw_captcha("K7XMP", seed=1) == draw_captcha("K7XMP", seed=1)
    assert draw_captcha("K7XMP", seed=1) != draw_captcha("K7XMP", seed=2)


def test_one_text_is_drawn_differently_each_time() -> None:
    first, second = opened(draw_captcha("K7XMP")), opened(draw_captcha("K7XMP"))

    changed = ImageChops.difference(first, second).convert("L").point(lambda v: 255 * (v > 40))
    assert changed.histogram()[255] > WIDTH * HEIGHT // 20


def test_different_texts_of_one_seed_differ() -> None:
    assert draw_captcha("K7XMP", seed=1) != draw_captcha("K7XMR", seed=1)


@pytest.mark.parametrize("text", ["", "123456789"])
def test_text_that_does_not_fit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="one to eight"):
        draw_captcha(text)


def test_new_texts_are_five_unmistakable_characters() -> None:
    texts = [new_captcha_text() for _ in range(400)]

    assert {len(text) for text in texts} == {5}
    assert set("".join(texts)) == set(CAPTCHA_ALPHABET)
    assert not set("01258BGILOQSUVWZ") & set(CAPTCHA_ALPHABET)
    assert len(set(texts)) > 390


@pytest.mark.parametrize(
    ("expected", "typed", "matches"),
    [
        ("K7XMP", "K7XMP", True),
        ("K7XMP", "k7xmp", True),
        ("K7XMP", " k7x mp\n", True),
        ("K7XMP", "Ｋ７ｘｍｐ", True),
        ("K7XMP", "K7XMR", False),
        ("K7XMP", "K7XM", False),
        ("K7XMP", "K7XMPP", False),
        ("K7XMP", "", False),
        ("K7XMP", "验证码", False),
        ("K7XMP", "\ud800", False),
        ("12", "１２", True),
        ("", "", False),
        ("", " ", False),
    ],
)
def test_typed_text_is_compared_by_table(expected: str, typed: str, matches: bool) -> None:
    assert captcha_matches(expected, typed) is matches


def test_word_problem_has_the_answer_it_announces() -> None:
    for _ in range(200):
        question, answer = new_word_problem()
        first, second = (NUMERALS.index(word) for word in str(question)[:3:2])
        assert str(question)[1] == "加"
        assert first > 0
        assert second > 0
        assert captcha_matches(answer, str(first + second))
        assert not captcha_matches(answer, str(first + second + 1))


def test_word_problems_vary() -> None:
    assert len({str(new_word_problem()[0]) for _ in range(300)}) > 40


def test_word_problem_waits_for_the_language_of_the_reader(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = Flask(__name__)
    Babel(app)
    question, _ = new_word_problem()
    words = {numeral: f"<{NUMERALS.index(numeral)}>" for numeral in NUMERALS}

    class English:
        def ugettext(self, message: str) -> str:
            return words.get(message, "What is %(first)s plus %(second)s?")

    chinese = str(question)
    monkeypatch.setattr("flask_babel.Domain.get_translations", lambda self: English())
    with app.test_request_context(), force_locale("en"):
        english = str(question)

    assert english == f"What is {words[chinese[0]]} plus {words[chinese[2]]}?"
