"""Vitrina in a company's network: who may come in and how, and how exporters get out to their vendors."""

import ssl
from ipaddress import IPv4Address, IPv6Address, ip_network
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

from vitrina_embedded.handed_on import ExistingFile
from vitrina_embedded.refusal import Refusal

HTTPS: Final = "https"


class NetworkSettings(BaseSettings):
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    bind: IPv4Address | IPv6Address = IPv4Address("127.0.0.1")
    tls_cert: ExistingFile | None = None
    """The certificate with those between it and its authority, as PEM."""
    tls_key: ExistingFile | None = None
    public_url: Annotated[str | None, Field(pattern=r"^https?://[^/\s]+$")] = None
    """Where people find the page, when a proxy in front has another name or port."""
    trusted_proxies: str = ""
    """CIDRs of proxies in front whose word about the client's address counts, with blanks or commas between."""
    plain_http: bool = False
    """Said on purpose: passwords may cross the network in clear."""
    https_proxy: SecretStr | None = None
    no_proxy: str = ""
    ca_file: ExistingFile | None = None

    @field_validator("tls_cert", "tls_key", "ca_file")
    @classmethod
    def _is_one_word(cls, path: Path | None) -> Path | None:
        if any(character.isspace() for character in str(path or "")):
            raise ValueError("the path holds a space")
        return path

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, text: str) -> str:
        return ",".join(str(ip_network(part)) for part in text.replace(",", " ").split())

    @property
    def local_url(self) -> str:
        """Where this machine finds the page."""
        if self.bind.is_unspecified or self.bind == IPv4Address("127.0.0.1"):
            host = "localhost"
        else:
            host = f"[{self.bind}]" if self.bind.version == 6 else str(self.bind)  # noqa: PLR2004 - IP version 6
        return f"{HTTPS if self.tls_cert else 'http'}://{host}:{self.port}"

    @property
    def url(self) -> str:
        """Where people find the page."""
        return self.public_url or self.local_url

    @property
    def is_secure(self) -> bool:
        """Whether browsers come by TLS: of ours, or of a proxy in front."""
        return urlsplit(self.url).scheme == HTTPS

    @property
    def edge_environment(self) -> dict[str, str]:
        """What the Caddyfile asks for besides addresses."""
        proxies = self.trusted_proxies.replace(",", " ")
        trusted = {"VITRINA_TRUSTED_PROXIES": proxies} if proxies else {}
        if self.tls_cert is None:
            return trusted
        return {
            **trusted,
            "VITRINA_EDGE_SCHEME": HTTPS,
            "VITRINA_EDGE_PROTOCOLS": "h1 h2",
            "VITRINA_EDGE_TLS": "on",
            "VITRINA_TLS_CERT": str(self.tls_cert),
            "VITRINA_TLS_KEY": str(self.tls_key),
        }


def check_exposure(settings: NetworkSettings) -> None:
    """Raises:
    Refusal: passwords would cross a network in clear, or the certificate cannot be served.
    """
    if (settings.tls_cert is None) != (settings.tls_key is None):
        raise Refusal("VITRINA_TLS_CERT and VITRINA_TLS_KEY belong together: set both or neither.")
    if settings.tls_cert is not None and settings.tls_key is not None:
        _check_pair(settings.tls_cert, settings.tls_key)
        return
    behind_proxy = settings.is_secure and settings.trusted_proxies
    if settings.bind.is_loopback or behind_proxy or settings.plain_http:
        return
    raise Refusal(
        f"VITRINA_BIND={settings.bind} is beyond this machine, and passwords would cross the network in clear. Set "
        "VITRINA_TLS_CERT and VITRINA_TLS_KEY; or, behind a proxy with TLS, VITRINA_PUBLIC_URL=https://... and "
        "VITRINA_TRUSTED_PROXIES; or, if you mean it, VITRINA_PLAIN_HTTP=1."
    )


def own_trust(certificate: Path) -> ssl.SSLContext:
    """Trusts the edge's own certificate and no other, whatever name this machine calls it by."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(certificate)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def _check_pair(certificate: Path, key: Path) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
    except (OSError, ssl.SSLError) as error:
        raise Refusal(
            f"The certificate {certificate} and the key {key} cannot be served ({error.strerror or error}): they must "
            "be PEM, belong together, be readable for this user, and the key have no passphrase."
        ) from error
