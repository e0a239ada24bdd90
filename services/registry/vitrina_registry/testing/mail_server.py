"""A real SMTP server of a company: TLS by an own authority, accounts, and refusals on demand."""

import email.policy
import ssl
from email import message_from_bytes
from email.message import EmailMessage
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from vitrina_kit.testing.ports import free_port

USER = "reports"
PASSWORD = "canary-of-the-mail-server"


class MailServer:
    """Asks for STARTTLS and sign-in when it is given a certificate."""

    def __init__(self, certificate: ssl.SSLContext | None = None) -> None:
        self.mails: list[EmailMessage] = []
        self.refused: set[str] = set()
        """Addresses that it takes nothing for."""
        self.port = free_port()
        secure: dict[str, Any] = {} if certificate is None else {"tls_context": certificate, "require_starttls": True}
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            authenticator=_sign_in,
            auth_required=certificate is not None,
            **secure,
        )

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802 - as above
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


def _sign_in(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword) -> AuthResult:
    return AuthResult(handled=False, success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()))
