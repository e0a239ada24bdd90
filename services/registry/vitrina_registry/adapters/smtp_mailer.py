"""Mail through the company's SMTP server. Its words are told to admins; the password never is."""

import asyncio
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import aiosmtplib
from vitrina_kit.clock import utc_now
from vitrina_kit.settings import read_secret

from vitrina_registry.adapters.report_message import message_of
from vitrina_registry.settings import RegistrySettings, SmtpSecurity
from vitrina_registry.use_cases.report_ports import Mail, MailError

_ANSWER_SECONDS: Final = 60.0
_LONGEST_REASON: Final = 500


class SmtpMailer:
    def __init__(self, settings: RegistrySettings, host: str, sender: str) -> None:
        self._settings = settings
        self._host = host
        self._sender = sender
        self._trust = _trust(settings.ca_file)

    async def send(self, mail: Mail) -> Mapping[str, str]:
        """As `Mailer` says."""
        settings = self._settings
        message = await asyncio.to_thread(message_of, mail, self._sender, settings.public_url, utc_now())
        try:
            refused, _ = await aiosmtplib.send(
                message,
                hostname=self._host,
                port=settings.smtp_port,
                username=settings.smtp_username,
                password=_password(settings),
                use_tls=settings.smtp_security is SmtpSecurity.TLS,
                start_tls=settings.smtp_security is SmtpSecurity.STARTTLS,
                tls_context=self._trust,
                timeout=_ANSWER_SECONDS,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise MailError("; ".join(_told(each) for each in error.recipients)) from error
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise MailError(_told(error)) from error
        return {address: _line(f"{answer.code} {answer.message}") for address, answer in refused.items()}


def mailer_of(settings: RegistrySettings) -> SmtpMailer | None:
    """None: no mail server is set."""
    if settings.smtp_host is None or settings.smtp_from is None:
        return None
    return SmtpMailer(settings, settings.smtp_host, settings.smtp_from)


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


def _password(settings: RegistrySettings) -> str | None:
    """Read at each try, so that a new one counts at once. Raises ValueError or OSError."""
    file = settings.smtp_password_file
    return None if settings.smtp_username is None or file is None else read_secret(file)


def _told(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPRecipientRefused):
        return _line(f"{error.recipient}: {error.code} {error.message}")
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _line(f"{type(error).__name__}: {error.code} {error.message}")
    return _line(f"{type(error).__name__}: {error}")


def _line(text: str) -> str:
    """What a server says, as one line that is no longer than needed."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())[:_LONGEST_REASON]
