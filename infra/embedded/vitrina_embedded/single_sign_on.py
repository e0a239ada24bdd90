"""Settings of the company's sign-in: read here with all others, checked where they count, in auth."""

from pydantic_settings import BaseSettings

from vitrina_embedded.handed_on import ExistingFile, environment_of


class SingleSignOnSettings(BaseSettings):
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret_file: ExistingFile | None = None
    oidc_name: str = ""
    oidc_scopes: str = ""
    oidc_username_claim: str = ""
    oidc_roles_claim: str = ""
    oidc_admins: str = ""
    oidc_managers: str = ""
    oidc_sources_claim: str = ""
    oidc_sources: str = ""

    @property
    def oidc_environment(self) -> dict[str, str]:
        """What auth is given; nothing when no provider is set up, so that everything keeps its default."""
        if not self.oidc_issuer:
            return {}
        return environment_of(SingleSignOnSettings, self)
