"""Settings of the company's mail server: read here with all others, checked where they count, in the registry."""

from pathlib import Path

from pydantic import field_validator
from pydantic_settings import BaseSettings

from vitrina_embedded.home import ROOT


class MailServerSettings(BaseSettings):
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: str = "starttls"
    smtp_username: str = ""
    smtp_password_file: Path | None = None
    """From the root of the repository unless absolute."""
    smtp_from: str = ""

    @field_validator("smtp_password_file")
    @classmethod
    def _is_secret(cls, path: Path | None) -> Path | None:
        found = path and (ROOT / path.expanduser()).resolve()
        if found and not found.is_file():
            raise ValueError("there is no such file")
        return found

    @property
    def smtp_environment(self) -> dict[str, str]:
        """What the registry is given; nothing when there is no mail server."""
        if not self.smtp_host:
            return {}
        given = {name: getattr(self, name) for name in MailServerSettings.model_fields}
        return {f"VITRINA_{name.upper()}": str(value) for name, value in given.items() if value}
