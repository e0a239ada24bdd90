"""How others are reached from here: the company's proxy, its certificate authority, which addresses may be called."""

import ssl
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from vitrina_contracts.endpoints import parse_networks
from vitrina_contracts.source_file import WayOut

from vitrina_kit.settings import read_secret


class WayOutSettings(BaseSettings):
    """`https_proxy` without a password; one with a password comes as `https_proxy_file`, like every secret."""

    model_config = SettingsConfigDict(env_prefix="VITRINA_", extra="ignore", env_ignore_empty=True)

    https_proxy: str | None = None
    https_proxy_file: Path | None = None
    no_proxy: str = ""
    """Hosts, domains and CIDRs that are asked straight, comma separated."""
    ca_file: Path | None = None
    """Authorities to trust besides the usual ones, as PEM."""
    private_endpoints: str = ""
    """CIDRs, comma separated, that outgoing URLs may lead to although they are private."""

    @field_validator("private_endpoints")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        parse_networks(text)
        return text

    @field_validator("https_proxy")
    @classmethod
    def _without_password(cls, url: str | None) -> str | None:
        if url is not None and urlsplit(url).password:
            raise ValueError("has a password: put the URL into a file and name it in VITRINA_HTTPS_PROXY_FILE")
        return url if url is None else _proxy(url)

    @field_validator("https_proxy_file")
    @classmethod
    def _is_proxy(cls, path: Path | None) -> Path | None:
        if path is not None:
            _proxy(read_secret(path))
        return path

    @field_validator("ca_file")
    @classmethod
    def _holds_certificates(cls, path: Path | None) -> Path | None:
        if path is not None:
            try:
                ssl.create_default_context().load_verify_locations(path)
            except (OSError, ssl.SSLError):
                raise ValueError("holds no certificates in PEM that can be read") from None
        return path

    @property
    def way_out(self) -> WayOut:
        return WayOut(
            https_proxy=read_secret(self.https_proxy_file) if self.https_proxy_file else self.https_proxy,
            no_proxy=tuple(part.strip() for part in self.no_proxy.split(",") if part.strip()),
            ca_certificates=self.ca_file.read_text(encoding="utf-8") if self.ca_file else "",
        )


def _proxy(url: str) -> str:
    """Raises:
    ValueError: no proxy can be asked by this.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("is no proxy: write it as http://proxy.example.org:3128")
    return url
