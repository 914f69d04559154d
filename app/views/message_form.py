"""The form of 消息设置: an address, and the kinds of messages as two rows of ticks."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField, StringField, validators
from wtforms.widgets import CheckboxInput, ListWidget

from app.enums import MessageKind
from app.models import MailAddress
from app.queries.messages import REQUIRED
from app.views.shell import LANGUAGES, locale


class KindsField(SelectMultipleField):
    """Ticks for kinds of messages."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any, kinds: Any, **options: Any) -> None:
        choices = [(kind.name, kind.label) for kind in kinds]
        super().__init__(label, choices=choices, **options)

    @property
    def kinds(self) -> list[MessageKind]:
        """The ticked kinds; only for a valid form."""
        return [MessageKind[name] for name in self.data or ()]


class PreferenceForm(FlaskForm):
    """What somebody wants in the inbox, what by e-mail, and where to."""

    in_app = KindsField(_l("在系统内接收"), [kind for kind in MessageKind if kind not in REQUIRED])
    by_mail = KindsField(_l("同时发送邮件"), MessageKind)
    address = StringField(
        _l("接收邮件的电子邮箱"),
        [validators.Optional(), validators.Length(max=254)],
        render_kw={"type": "email", "autocomplete": "email"},
    )
    language = SelectField(_l("邮件语言"), choices=list(LANGUAGES.items()), default=locale)

    def fill(
        self,
        known: Mapping[MessageKind, tuple[bool, bool]],
        address: MailAddress | None,
    ) -> None:
        """Show what is stored."""
        self.in_app.data = [kind.name for kind, (in_app, _mail) in known.items() if in_app]
        self.by_mail.data = [kind.name for kind, (_in_app, mail) in known.items() if mail]
        if address is not None:
            self.address.data = address.address
            self.language.data = address.language
