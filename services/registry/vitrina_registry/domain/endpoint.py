"""Vendor URLs: how one must look, and which resolved addresses it may have.

The same rule is applied again by the exporter at connect, to the address that it connects to: names may change their
meaning after the source was saved. Neither check quotes the URL, which may hold credentials by mistake.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from vitrina_contracts.endpoints import Network, is_refused
from vitrina_contracts.manifest import Text

SETTING: Final = "VITRINA_PRIVATE_ENDPOINTS"
HTTP: Final = frozenset({"http", "https"})
_PORTS: Final = {"http": 80, "https": 443}

_PORTLESS: Final = Text(en="must name a port after the host", ru="должен содержать порт после имени хоста")
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


def parse_endpoint(url: str, schemes: Collection[str] = HTTP) -> Endpoint:
    """Host and port that a client would connect to.

    Raises:
        EndpointShapeError: another scheme, user information, a fragment, or no usable host or port.
    """
    if any(character.isspace() or not character.isprintable() or character == "\\" for character in url):
        raise EndpointShapeError(_SHAPE)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise EndpointShapeError(_SHAPE) from None
    if parts.scheme not in schemes:
        raise EndpointShapeError(_scheme_rule(schemes))
    if "@" in parts.netloc:
        raise EndpointShapeError(_USERINFO)
    if "#" in url:
        raise EndpointShapeError(_FRAGMENT)
    if not host or port == 0:
        raise EndpointShapeError(_SHAPE)
    port = port or _PORTS.get(parts.scheme)
    if port is None:
        raise EndpointShapeError(_PORTLESS)
    return Endpoint(host, port)


def _scheme_rule(schemes: Collection[str]) -> Text:
    known = sorted(f"{scheme}://" for scheme in schemes)
    listed = ", ".join(known[:-1])
    return Text(
        en=f"must begin with {listed} or {known[-1]}" if listed else f"must begin with {known[-1]}",
        ru=f"должен начинаться с {listed} или {known[-1]}" if listed else f"должен начинаться с {known[-1]}",  # noqa: RUF001 - Russian
    )


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
