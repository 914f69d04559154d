"""How mails leave: by SMTP, or into files where nothing may be sent (demo and test)."""

import os
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

from app.operations.mail import Mail, MailNotSent, Transport

PATIENCE = 20  # seconds
PORTS = {"smtp": 587, "smtps": 465}


class MailSettingInvalid(ValueError):
    """``MAIL_URL`` is neither ``file`` nor ``smtp(s)://[user:password@]host[:port]``."""


def transport_of(url: str, *, sender: str, folder: Path) -> Transport | None:
    """Make the transport that ``MAIL_URL`` names, or None where no mail is to be sent.

    :raises MailSettingInvalid: it cannot be read.
    """
    if not url:
        return None
    if url == "file":
        return FileTransport(folder / "mail", sender)
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise MailSettingInvalid("MAIL_URL is file, smtp://… or smtps://…")
    return SmtpTransport(
        host=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        is_tls=parts.scheme == "smtps",
        sender=sender,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def message_of(mail: Mail, *, sender: str) -> EmailMessage:
    """Write a mail for the wire; its Message-ID is the same at every try."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = mail.address
    message["Subject"] = mail.subject
    message["Message-ID"] = f"<message-{mail.id}@{sender.rpartition('@')[2].strip('>')}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message


@dataclass(frozen=True, slots=True)
class FileTransport:
    """Writes each mail as a file ``<id>.eml`` that replaces itself when it is sent again."""

    folder: Path
    sender: str

    def send(self, mail: Mail) -> None:
        """Write it whole or not at all.

        :raises MailNotSent: the folder cannot be written.
        """
        target = self.folder / f"{mail.id}.eml"
        draft = target.with_suffix(".part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(bytes(message_of(mail, sender=self.sender)))
            os.replace(draft, target)  # noqa: PTH105 - the one that is atomic by its documentation
        except OSError as error:
            raise MailNotSent(f"the mail folder cannot be written: {error.strerror}") from error


@dataclass(slots=True)
class SmtpTransport:
    """Speaks to one server and keeps the connection from mail to mail.

    A user name and a password are sent over TLS only.
    """

    host: str
    port: int
    is_tls: bool
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    _server: smtplib.SMTP | None = None

    def send(self, mail: Mail) -> None:
        """Hand one mail over, on a fresh connection after any failure.

        :raises MailNotSent: the server is not there, or does not take it.
        """
        try:
            self._server = self._server or self._connected()
            self._server.send_message(message_of(mail, sender=self.sender))
        except smtplib.SMTPResponseException as error:
            self.close()
            raise MailNotSent(f"the mail server answered {error.smtp_code}") from error
        except smtplib.SMTPRecipientsRefused as error:
            self.close()
            codes = sorted({code for code, _text in error.recipients.values()})
            raise MailNotSent(f"the mail server refused the recipient: {codes}") from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise MailNotSent(f"no mail server: {type(error).__name__}") from error

    def close(self) -> None:
        """End the connection; the next mail opens another."""
        server, self._server = self._server, None
        if server is not None:
            server.close()

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.is_tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=PATIENCE, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=PATIENCE)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
            elif self.user:
                server.close()
                raise smtplib.SMTPNotSupportedError("no TLS, so no password")
        if self.user:
            server.login(self.user, self.password)
        return server
