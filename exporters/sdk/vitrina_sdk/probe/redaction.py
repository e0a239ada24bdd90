"""Takes the customer out of a recording: what is left has the shape of the vendor's answers and their words.

Fields that a platform calls harmless stay as they are. Every other text and number becomes an invented one: the same
value the same one throughout, so that pages, repeated devices and what was asked with still fit together.
"""

import ipaddress
import re
from collections.abc import Callable, Collection
from typing import Any, Final

import msgspec

from vitrina_sdk.probe.exchange import Exchange, Recording

_MAC: Final = re.compile(r"[0-9A-Fa-f]{2}([:-]?)(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}")
_FIRST_NUMBER: Final = 1001
_INVENTED_MAC: Final = 0x02005E000000
"""Locally administered: nobody's."""
_EXAMPLE_NETWORK: Final = ipaddress.ip_network("198.18.0.0/15")


class Redactor:
    """One for a recording."""

    def __init__(self, kept_fields: Collection[str]) -> None:
        self._kept = kept_fields
        self._invented: dict[str, dict[Any, Any]] = {}

    def redact(self, platform: str, exchanges: list[Exchange]) -> Recording:
        return Recording(platform, [self._exchange(exchange) for exchange in exchanges])

    def _exchange(self, exchange: Exchange) -> Exchange:
        return msgspec.structs.replace(
            exchange,
            query=[(name, self._value(name, value)) for name, value in exchange.query],
            asked=self._value("", exchange.asked),
            answered=self._value("", exchange.answered),
        )

    def _value(self, field: str, value: Any) -> Any:
        match value:
            case dict():
                return {name: self._value(name, each) for name, each in value.items()}
            case list():
                return [self._value(field, each) for each in value]
            case bool() | None:
                return value
            case _ if field in self._kept:
                return value
            case str():
                return self._text(field, value)
        return self._once("number", value, lambda count: type(value)(_FIRST_NUMBER + count))

    def _text(self, field: str, text: str) -> str:
        if found := _MAC.fullmatch(text):
            return self._mac(text, found.group(1))
        if _is_address(text):
            return str(self._once("address", text, lambda count: str(_EXAMPLE_NETWORK[count + 1])))
        return str(self._once("text", text, lambda count: f"{field or 'text'} {count + 1}")) if text else text

    def _mac(self, text: str, separator: str) -> str:
        """As the customer or the vendor spells it: one device has the same digits in each spelling."""
        digits = re.sub(r"[:-]", "", text).upper()
        invented = f"{self._once('mac', digits, lambda count: _INVENTED_MAC + count):012X}"
        spelled = separator.join(invented[at : at + 2] for at in range(0, 12, 2))
        return spelled.lower() if text == text.lower() else spelled

    def _once(self, kind: str, value: Any, invent: Callable[[int], Any]) -> Any:
        """The invented value for this one; `invent` gets the number of those before."""
        known = self._invented.setdefault(kind, {})
        if value not in known:
            known[value] = invent(len(known))
        return known[value]


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
