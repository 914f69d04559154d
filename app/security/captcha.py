"""Draw and compare the 验证码 of the login; never remembers one: the server's session does.

The word problem is a second way for people who cannot read the picture. It is easy for a program:
the login stays limited by rate and by account whatever is answered here.
"""

import hmac
import math
import random
import secrets
import unicodedata
from functools import lru_cache
from io import BytesIO

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from PIL import Image, ImageDraw, ImageFont

CAPTCHA_ALPHABET = "34679ACDEFHJKMNPRTXY"  # nothing that a distortion turns into something else
CAPTCHA_LENGTH = 5
WIDTH, HEIGHT = 132, 44

_SCALE = 3  # drawn larger and reduced, for smooth edges
_PAPER = (246, 248, 251)
_INKS = ((23, 52, 110), (110, 30, 60), (20, 85, 70), (75, 45, 120), (95, 60, 15))
_NUMERALS = (
    _l("零"), _l("一"), _l("二"), _l("三"), _l("四"),
    _l("五"), _l("六"), _l("七"), _l("八"), _l("九"),
)  # fmt: skip


def new_captcha_text() -> str:
    """Draw the characters of a new picture."""
    return "".join(secrets.choice(CAPTCHA_ALPHABET) for _ in range(CAPTCHA_LENGTH))


def draw_captcha(text: str, *, seed: int | None = None) -> bytes:
    """Draw the text as a distorted PNG of 132 × 44 pixels; the same seed draws the same picture.

    :raises ValueError: if there are not one to eight characters to draw
    """
    if not 1 <= len(text) <= 8:
        raise ValueError("a picture holds one to eight characters")
    rng: random.Random = secrets.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311 - a seed is for tests
    canvas = Image.new("RGB", (WIDTH * _SCALE, HEIGHT * _SCALE), _PAPER)
    _draw_specks(canvas, rng)
    _draw_characters(canvas, text, rng)
    canvas = _waved(canvas, rng)
    _draw_curves(canvas, rng)
    picture = canvas.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    stream = BytesIO()
    picture.save(stream, format="PNG")
    return stream.getvalue()


def captcha_matches(expected: str, typed: str) -> bool:
    """Compare in constant time, whatever case and width was typed; nothing matches no text."""
    wanted, given = _normal(expected), _normal(typed)
    return hmac.compare_digest(wanted, given) and bool(wanted)


def new_word_problem() -> tuple[LazyString, str]:
    """Ask for a sum in words; the answer is in digits, for ``captcha_matches``."""
    first, second = 1 + secrets.randbelow(9), 1 + secrets.randbelow(9)
    question = _l(
        "%(first)s加%(second)s等于几？请用数字回答",
        first=_NUMERALS[first],
        second=_NUMERALS[second],
    )
    return question, str(first + second)


def _normal(text: str) -> bytes:
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(folded.split()).encode("utf-8", "surrogatepass")


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=size)


def _draw_characters(canvas: Image.Image, text: str, rng: random.Random) -> None:
    slot = (canvas.width - 8 * _SCALE) / len(text)
    largest = min(int(canvas.height * 0.82), int(slot * 1.45))
    for position, character in enumerate(text):
        size = int(largest * rng.uniform(0.88, 1.0))
        glyph = Image.new("L", (size * 2, size * 2), 0)
        ImageDraw.Draw(glyph).text(
            (size, size), character, fill=255, font=_font(size), anchor="mm", stroke_width=1
        )
        glyph = glyph.rotate(rng.uniform(-24, 24), resample=Image.Resampling.BICUBIC)
        x = 4 * _SCALE + slot * (position + 0.5) + rng.uniform(-0.06, 0.06) * slot
        y = canvas.height / 2 + rng.uniform(-0.06, 0.06) * canvas.height
        canvas.paste(rng.choice(_INKS), (round(x) - size, round(y) - size), glyph)


def _waved(canvas: Image.Image, rng: random.Random) -> Image.Image:
    """Shift narrow columns up and down along a sine wave."""
    phase, periods = rng.uniform(0, math.tau), rng.uniform(1.0, 1.8)
    height, strip = canvas.height, 2 * _SCALE
    edges = [*range(0, canvas.width, strip), canvas.width]
    lift = [2.2 * _SCALE * math.sin(phase + math.tau * periods * x / canvas.width) for x in edges]
    mesh = [
        (
            (left, 0, right, height),
            (left, up, left, height + up, right, height + down, right, down),
        )
        for left, right, up, down in zip(edges, edges[1:], lift, lift[1:], strict=False)
    ]
    return canvas.transform(
        canvas.size,
        Image.Transform.MESH,
        mesh,
        resample=Image.Resampling.BILINEAR,
        fillcolor=_PAPER,
    )


def _draw_specks(canvas: Image.Image, rng: random.Random) -> None:
    draw = ImageDraw.Draw(canvas)
    for _ in range(60):
        x, y = rng.randrange(canvas.width), rng.randrange(canvas.height)
        shade = rng.randrange(150, 215)
        radius = rng.uniform(0.5, 1.1) * _SCALE
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(shade, shade, shade))


def _draw_curves(canvas: Image.Image, rng: random.Random) -> None:
    """Join the characters by two thin curves, which hinders cutting them apart."""
    draw = ImageDraw.Draw(canvas)
    for ink in rng.sample(_INKS, 2):
        middle = canvas.height * rng.uniform(0.3, 0.7)
        swing, phase = canvas.height * rng.uniform(0.1, 0.25), rng.uniform(0, math.tau)
        points = [
            (x, middle + swing * math.sin(phase + 2.5 * math.pi * x / canvas.width))
            for x in range(0, canvas.width + 1, 4)
        ]
        draw.line(points, fill=ink, width=_SCALE, joint="curve")
