"""Settings of the company's mail server: read here with all others, checked where they count, in the registry."""

from pydantic_settings import BaseSettings

from vitrina_embedded.handed_on import ExistingFile, environment_of


class MailServerSettings(BaseSettings):
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: str = "starttls"
    smtp_username: str = ""
    smtp_password_file: ExistingFile | None = None
    smtp_from: str = ""

    @property
    def smtp_environment(self) -> dict[str, str]:
        """What the registry is given; nothing when there is no mail server."""
        if not self.smtp_host:
            return {}
        return environment_of(MailServerSettings, self)
