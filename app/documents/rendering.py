"""HTML to PDF behind a closed door: templates of this folder only, every value escaped, nothing fetched.

The renderer may read no address at all and no file outside this folder; pictures are handed over
inside the document. What it cannot draw is refused with words, never half drawn.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from xhtml2pdf import pisa
from xhtml2pdf.config.resources import RenderLimitError, ResourceAccessPolicy

from app.documents import faces
from app.refusals import Refusal

_FOLDER = Path(__file__).parent / "templates"
_IN_MEMORY = 256 * 1024 * 1024  # bytes; above, the renderer would leave a file somewhere
_TAG = re.compile(r"<[^>]*>")


class DocumentRefused(Refusal):
    """A document that cannot be drawn."""


def pdf(template: str, values: Mapping[str, Any]) -> bytes:
    """Draw a template of this folder as PDF.

    :raises DocumentRefused: the renderer gave up.
    """
    shell = _environment().get_template(template)
    text = shell.render(values, families="")
    listed = ", ".join(faces.families(_TAG.sub("", text)))
    html = shell.render(values, families=listed)
    target = BytesIO()
    policy = ResourceAccessPolicy.server(base_dir=str(_FOLDER), allow_remote=False)
    try:
        done = pisa.CreatePDF(
            html, dest=target, encoding="utf-8", resource_policy=policy, capacity=_IN_MEMORY
        )
    except (RenderLimitError, ValueError, ArithmeticError, RuntimeError) as error:
        raise DocumentRefused(_l("文件无法生成，请联系系统管理员。")) from error
    if done.err:
        raise DocumentRefused(_l("文件无法生成，请联系系统管理员。"))
    return target.getvalue()


def picture(content: bytes, kind: str = "image/jpeg") -> str:
    """Give a picture as the address that holds it."""
    return f"data:{kind};base64,{b64encode(content).decode('ascii')}"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["_"] = gettext
    return made
