"""Settings of the company's sign-in: OpenID Connect, authorization code with PKCE."""

from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from vitrina_kit.settings import Listed
from vitrina_kit.way_out_settings import WayOutSettings

from vitrina_auth.domain.single_sign_on import ClaimRules, parse_sources

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class SignOnSettings(WayOutSettings):
    """Without `oidc_issuer` everybody signs in with a password. The provider is asked through proxy and authority."""

    public_url: Annotated[str | None, Field(pattern=r"^https?://[^/\s]+$")] = None
    """Where browsers find Vitrina: the provider sends people back to it."""
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret_file: Path | None = None
    """Without one, or empty, Vitrina is a public client, which PKCE alone protects."""
    oidc_name: Annotated[str, Field(max_length=60)] = ""
    """What people call the provider: it stands on the button."""
    oidc_scopes: str = "openid profile email"
    oidc_username_claim: str = "preferred_username"
    oidc_roles_claim: str = "groups"
    oidc_admins: Listed[str] = frozenset()
    """Values of the roles' claim that make somebody an admin."""
    oidc_managers: Listed[str] = frozenset()
    oidc_sources_claim: str = "groups"
    oidc_sources: str = ""
    """`value=source+source,value=*`; empty: the values of the claim are the names of sources."""

    @field_validator("oidc_issuer")
    @classmethod
    def _is_safe(cls, url: str | None) -> str | None:
        parts = urlsplit(url or "https://unset")
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        if not is_safe or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("must be an address like https://login.example.org, in clear on this machine only")
        return url

    @field_validator("oidc_sources")
    @classmethod
    def _are_pairs(cls, text: str) -> str:
        parse_sources(text)
        return text

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.oidc_issuer is None:
            return self
        if self.oidc_client_id is None or self.public_url is None:
            raise ValueError("VITRINA_OIDC_ISSUER also needs VITRINA_OIDC_CLIENT_ID and VITRINA_PUBLIC_URL")
        if not self.oidc_admins and not self.oidc_managers:
            raise ValueError("VITRINA_OIDC_ISSUER lets nobody in without VITRINA_OIDC_ADMINS or VITRINA_OIDC_MANAGERS")
        if "openid" not in self.oidc_scopes.split():
            raise ValueError("VITRINA_OIDC_SCOPES must hold openid")
        return self

    @property
    def claim_rules(self) -> ClaimRules:
        return ClaimRules(
            username_claim=self.oidc_username_claim,
            roles_claim=self.oidc_roles_claim,
            admins=self.oidc_admins,
            managers=self.oidc_managers,
            sources_claim=self.oidc_sources_claim,
            sources_of=parse_sources(self.oidc_sources),
        )
