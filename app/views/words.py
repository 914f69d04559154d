"""Translation, once a request: a page asks for hundreds of words of one language."""

from typing import Any

from flask import Flask, g, has_request_context
from flask_babel import Babel, Domain
from flask_babel.speaklater import LazyString
from markupsafe import Markup

from app.enums import Vocabulary
from app.views import shell


class RequestDomain(Domain):
    """Flask-Babel's domain, keeping the request's catalogue at hand."""

    def gettext(self, string: str, **variables: Any) -> str:
        """Translate; placeholders are filled in only when there are values."""
        text: str = catalogue(self)(string)
        return text % variables if variables else text


def catalogue(domain: Domain) -> Any:
    """Give the function that looks a word up in this request's language."""
    try:
        return g.look_up
    except (AttributeError, RuntimeError):  # the first word, or nobody's request
        look_up = domain.get_translations().ugettext
        if has_request_context():
            g.look_up = look_up
        return look_up


def said(word: str | LazyString) -> str:
    """Give a word in this request's language, looked up once however many rows show it."""
    known: dict[int, tuple[Any, str]] = g.setdefault("said", {})
    found = known.get(id(word))
    if found is None:
        found = known[id(word)] = (
            word,
            str(word),
        )  # the word is kept, so that its id stays its own
    return found[1]


def term(word: Vocabulary) -> str:
    """Give a vocabulary's word in this request's language, looked up once."""
    known: dict[Vocabulary, str] = g.setdefault("terms", {})
    found = known.get(word)
    if found is None:
        found = known[word] = str(word.label)
    return found


def install(app: Flask) -> None:
    """Bind languages to an application; after FAB, whose own binding stores what it guesses."""
    babel = Babel(app, locale_selector=shell.locale)
    domain = RequestDomain(domain="messages")
    babel.__dict__["domain_instance"] = domain

    def translate(string: str, **variables: Any) -> Markup:
        text = Markup(catalogue(domain)(string))  # noqa: S704 - our own catalogue
        return text % variables if variables else text

    app.jinja_env.globals.update(_=translate, gettext=translate)
