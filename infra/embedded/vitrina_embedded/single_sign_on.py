"""Settings of the company's sign-in: read here with all others, checked where they count, in auth."""

from pathlib import Path

from pydantic import field_validator
from pydantic_settings import BaseSettings

from vitrina_embedded.home import ROOT


class SingleSignOnSettings(BaseSettings):
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret_file: Path | None = None
    """From the root of the repository unless absolute."""
    oidc_name: str = ""
    oidc_scopes: str = ""
    oidc_username_claim: str = ""
    oidc_roles_claim: str = ""
    oidc_admins: str = ""
    oidc_managers: str = ""
    oidc_sources_claim: str = ""
    oidc_sources: str = ""

    @field_validator("oidc_client_secret_file")
    @classmethod
    def _is_secret(cls, path: Path | None) -> Path | None:
        found = path and (ROOT / path.expanduser()).resolve()
        if found and not found.is_file():
            raise ValueError("there is no such file")
        return found

    @property
    def oidc_environment(self) -> dict[str, str]:
        """What auth is given; nothing when no provider is set up, so that everything keeps its default."""
        if not self.oidc_issuer:
            return {}
        given = {name: getattr(self, name) for name in SingleSignOnSettings.model_fields}
        return {f"VITRINA_{name.upper()}": str(value) for name, value in given.items() if value}
