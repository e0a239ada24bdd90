"""Vendor URLs: how one must look, and which resolved addresses it may have.

The same rule is applied again by the exporter at connect, to the address that it connects to: names may change their
meaning after the source was saved. Neither check quotes the URL, which may hold credentials by mistake.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from vitrina_contracts.endpoints import Network, is_refused
from vitrina_contracts.manifest import Text

SETTING: Final = "VITRINA_PRIVATE_ENDPOINTS"

_SCHEME: Final = Text(en="must begin with http:// or https://", ru="должен начинаться с http:// или https://")  # noqa: RUF001 - Russian
_USERINFO: Final = Text(en="must not hold a user or password before @", ru="не должен содержать имя или пароль перед @")
_FRAGMENT: Final = Text(en="must not hold a # part", ru="не должен содержать часть после #")
_SHAPE: Final = Text(en="is not a URL with a host name", ru="не является URL с именем хоста")  # noqa: RUF001 - Russian


@dataclass(frozen=True)
class Endpoint:
    host: str
    port: int


class EndpointShapeError(ValueError):
    def __init__(self, message: Text) -> None:
        super().__init__(message.en)
        self.message = message


def parse_endpoint(url: str) -> Endpoint:
    """Host and port that a client would connect to.

    Raises:
        EndpointShapeError: another scheme, user information, a fragment, or no usable host.
    """
    if any(character.isspace() or not character.isprintable() or character == "\\" for character in url):
        raise EndpointShapeError(_SHAPE)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise EndpointShapeError(_SHAPE) from None
    if parts.scheme not in {"http", "https"}:
        raise EndpointShapeError(_SCHEME)
    if "@" in parts.netloc:
        raise EndpointShapeError(_USERINFO)
    if "#" in url:
        raise EndpointShapeError(_FRAGMENT)
    if not host or port == 0:
        raise EndpointShapeError(_SHAPE)
    return Endpoint(host, port or (443 if parts.scheme == "https" else 80))


def refused_address(addresses: Sequence[str], allowed: Iterable[Network]) -> str | None:
    """The first address that exporters may not call. One bad address among good ones is enough."""
    exceptions = tuple(allowed)
    return next((address for address in addresses if is_refused(address, exceptions)), None)


def address_refusal(host: str, address: str) -> Text:
    where = host if host == address else f"{host} ({address})"
    return Text(
        en=f"{where} is a loopback, private or reserved address; the setting {SETTING} can allow it",
        ru=f"{where} - локальный, частный или служебный адрес; разрешить его можно настройкой {SETTING}",  # noqa: RUF001 - Russian
    )


def unresolved(host: str) -> Text:
    return Text(
        en=f"the name {host} could not be resolved; check its spelling",
        ru=f"имя {host} не удалось разрешить в адрес; проверьте написание",
    )
