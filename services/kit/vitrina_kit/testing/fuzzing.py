"""Requests that nobody would send, made from a service's OpenAPI: none of them may be answered with 5xx.

Beside what schemathesis asks (`conformance`), because that never sends bodies that are no JSON, no Unicode, too deep or
of numbers without end, nor such values within a body that fits otherwise, and because two thousand cases have to fit
into seconds: plain `random` and no library. Everything follows from the seed, so that a request that broke something is
made again by the same seed and number. Most values fit their schema, so that requests get past the first check.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final
from urllib.parse import quote

import httpx
from vitrina_contracts.problems import MEDIA_TYPE

_DEEP: Final[Any] = json.loads("[" * 40 + "]" * 40)
JUNK: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 2**64, -(2**63) - 1, 10**400, 0.5, -0.0, 1e308, float("nan"),
    float("inf"), "", " ", "0", "null", "a" * 300, "a" * 20_000, "\0", "a\0b", "\ud800", "\udfff\ud800", "\ufeff",
    "\u202e", "é", "имя", "💥" * 50, "../../etc/passwd", "..%2f..%2f", "%00", "%", "'; DROP TABLE x; --", "${jndi:x}",
    "{{7*7}}", "=cmd()", "<script>", "\r\nX-Injected: 1", "http://127.0.0.1/", "http://[::1]/", "http://a:b@c/",
    "file:///etc/passwd", "NaN", "1e999", "2027-13-45", "2027-01-01T00:00:00Z", "*", '"', "\\", [], {}, [[]], [None],
    {"": None}, {"a": {"b": {}}}, [0] * 500, {"set": True}, {"set": True, "set_at": None}, {"__proto__": 1}, _DEEP,
)  # fmt: skip
_BAD_BODIES: Final = (
    b"", b"{", b"[]", b"null", b"\xff\xfe", b"\xef\xbb\xbf{}", b'{"a":' * 2000, b"[" * 100_000, b'{"a":1}{"a":2}',
    b"a=1&b=2", b'"\\ud800"', b"NaN", b"\0" * 64, b"%YAML 1.1\n--- !!python/object:x",
    b'platform;source;device_id\n;;\n"', b"1" * 5000,
)  # fmt: skip
_CONTENT_TYPES: Final = (
    "application/json", "application/json; charset=utf-16", "text/csv", "text/plain", "application/yaml", "", "x",
    "multipart/form-data", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "application/xml",
)  # fmt: skip
_METHODS: Final = frozenset({"get", "put", "post", "patch", "delete"})
_CLIENT_ERROR: Final = 400
_SERVER_ERROR: Final = 500


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    parameters: Sequence[Mapping[str, Any]]
    bodies: Mapping[str, Mapping[str, Any]]
    """Schema by media type."""


@dataclass(frozen=True)
class MadeRequest:
    number: int
    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes = field(repr=False)

    def __str__(self) -> str:
        shown = {name: value for name, value in self.headers.items() if name != "Authorization"}
        return f"#{self.number} {self.method} {self.url} {shown} {self.content[:300]!r}"


@dataclass
class Report:
    statuses: Counter[int] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    """Requests that were answered with 5xx or with something that is no answer of ours."""

    @property
    def accepted(self) -> float:
        """Share of requests that were carried out."""
        done = sum(count for status, count in self.statuses.items() if status < _CLIENT_ERROR)
        return done / max(1, self.statuses.total())


class RequestMaker:
    """Makes one request after the other.

    Args:
        document: the service's OpenAPI.
        seed: the same seed makes the same requests.
        known: by name of a parameter or property, values that exist in the service.
        tokens: values of `Authorization` to take turns with; None sends none.
        without: paths to leave out, such as one whose answer does not end.
    """

    def __init__(
        self,
        document: Mapping[str, Any],
        seed: int,
        known: Mapping[str, Sequence[Any]],
        tokens: Sequence[str | None],
        without: Collection[str] = (),
    ) -> None:
        self._schemas = document.get("components", {}).get("schemas", {})
        self._operations = [each for each in operations_of(document) if each.path not in without]
        self._random = Random(seed)  # noqa: S311 - the same again, not a secret
        self._known = known
        self._tokens = tokens
        self._number = 0

    def make(self) -> MadeRequest:
        self._number += 1
        operation = self._random.choice(self._operations)
        path = operation.path
        query: list[str] = []
        headers = {"If-Match": self._random.choice(["*", "*", "*", '"1"', '"2"', "W/x", ""])}
        for parameter in operation.parameters:
            name, place = str(parameter["name"]), parameter["in"]
            if place == "path":
                path = path.replace(f"{{{name}}}", self._path_part(name))
            elif place == "query" and self._chance(0.4):
                query.append(f"{name}={quote(self._text(name, parameter.get('schema', {})), safe='')}")
            elif place == "header" and self._chance(0.2):
                headers[name] = self._header(self._text(name, parameter.get("schema", {})))
        if self._chance(0.03):
            query.append(self._random.choice(["surprise=1", "%00", "=", "a[]=1", "&&", "limit=1&limit=x"]))
        token = self._random.choice(self._tokens)
        if token is not None:
            headers["Authorization"] = token
        content, kind = self._body(operation)
        if kind:
            headers["Content-Type"] = kind
        url = path + (f"?{'&'.join(query)}" if query else "")
        return MadeRequest(self._number, operation.method.upper(), url, headers, content)

    def _body(self, operation: Operation) -> tuple[bytes, str]:
        if not operation.bodies:
            return (b"", "") if self._chance(0.9) else (self._random.choice(_BAD_BODIES), "application/json")
        if self._chance(0.06):
            return self._random.choice(_BAD_BODIES), self._random.choice(_CONTENT_TYPES)
        kind, schema = self._random.choice(list(operation.bodies.items()))
        value = self._value(schema, "")
        if kind == "application/x-www-form-urlencoded" and isinstance(value, dict):
            return "&".join(f"{_quoted(str(k))}={_quoted(v)}" for k, v in value.items()).encode(), kind
        if isinstance(value, str) and kind != "application/json":
            return value.encode("utf-8", "surrogatepass"), kind
        return json.dumps(value).encode(), kind

    def _value(self, schema: Mapping[str, Any], name: str, depth: int = 0) -> Any:
        if self._chance(0.04):
            return self._random.choice(JUNK)
        if name in self._known and self._chance(0.6):
            return self._random.choice(self._known[name])
        schema = self._resolved(schema)
        if "const" in schema or "enum" in schema:
            return self._random.choice([*schema.get("enum", []), *([schema["const"]] if "const" in schema else [])])
        if "anyOf" in schema or "oneOf" in schema:
            return self._value(self._random.choice(schema.get("anyOf") or schema["oneOf"]), name, depth)
        return self._typed(schema, name, depth)

    def _typed(self, schema: Mapping[str, Any], name: str, depth: int) -> Any:
        kind = schema.get("type", "object" if "properties" in schema else None)
        if kind == "object" and depth < 6:
            return self._object(schema, depth)
        if kind == "array":
            count = self._random.choice([0, 1, 1, 2, 5])
            return [self._value(schema.get("items", {}), name, depth + 1) for _ in range(count)]
        plain: dict[str | None, Callable[[], Any]] = {
            "string": lambda: self._random.choice(["a", "north", "b-2", "2027-01-01", "AA:BB:CC:DD:EE:01", "x y"]),
            "integer": lambda: self._random.choice([0, 1, 2, 10, 100]),
            "number": lambda: self._random.choice([0, 0.5, 1, 59.9]),
            "boolean": lambda: self._random.choice([True, False]),
            "null": lambda: None,
        }
        return plain.get(kind, lambda: self._random.choice(JUNK))()

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        required = schema.get("required", [])
        made = {
            name: self._value(part, name, depth + 1)
            for name, part in schema.get("properties", {}).items()
            if self._chance(0.97 if name in required else 0.5)
        }
        extra = schema.get("additionalProperties")
        if isinstance(extra, Mapping) and self._chance(0.5):
            made[str(self._random.choice(["a", "b", "Bad Name", "\0"]))] = self._value(extra, "", depth + 1)
        if self._chance(0.03):
            made[str(self._random.choice(["surprise", "", "__class__", "\ud800"]))] = 1
        return made

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            schema = self._schemas.get(str(schema["$ref"]).rpartition("/")[2], {})
        return schema

    def _path_part(self, name: str) -> str:
        if self._chance(0.85) and self._known.get(name):
            value = self._random.choice(self._known[name])
        else:
            value = self._random.choice(JUNK)
        return quote(_as_text(value)[:500], safe="", errors="surrogatepass") or "%20"

    def _text(self, name: str, schema: Mapping[str, Any]) -> str:
        return _as_text(self._value(schema, name)).encode("utf-8", "replace").decode()[:3000]

    def _header(self, text: str) -> str:
        return "".join(character for character in text if 0x20 <= ord(character) < 0x7F)[:500]

    def _chance(self, share: float) -> bool:
        return self._random.random() < share


def operations_of(document: Mapping[str, Any]) -> list[Operation]:
    return [
        Operation(
            method,
            path,
            [*item.get("parameters", []), *operation.get("parameters", [])],
            {
                kind: media.get("schema", {})
                for kind, media in operation.get("requestBody", {}).get("content", {}).items()
            },
        )
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in _METHODS
    ]


async def fuzz(
    client: httpx.AsyncClient,
    maker: RequestMaker,
    cases: int,
    *,
    renew: Callable[[], Awaitable[None]],
    renew_each: int = 250,
    expected: Callable[[MadeRequest, httpx.Response], bool] = lambda _request, _response: False,
) -> Report:
    """Sends `cases` requests one after the other.

    Args:
        client: reaches the service; must not raise what the service raises.
        maker: of the requests.
        cases: how many.
        renew: puts back what deletions have taken, before the first request and after each `renew_each`.
        renew_each: requests.
        expected: whether an answer of 5xx is right here, such as 503 of a part that the test has not.
    """
    report = Report()
    for number in range(cases):
        if number % renew_each == 0:
            await renew()
        request = maker.make()
        try:
            async with asyncio.timeout(30):
                response = await client.request(
                    request.method, request.url, headers=request.headers, content=request.content
                )
        except (httpx.InvalidURL, UnicodeError, httpx.LocalProtocolError):
            continue  # no client can send this
        report.statuses[response.status_code] += 1
        why = _fault(response)
        if why is not None and not expected(request, response):
            report.broken.append(f"{why}: {request} -> {response.text[:300]}")
    return report


def _fault(response: httpx.Response) -> str | None:
    if response.status_code >= _SERVER_ERROR:
        return f"answered {response.status_code}"
    if response.status_code >= _CLIENT_ERROR and response.headers.get("content-type") != MEDIA_TYPE:
        return f"answered {response.status_code} without a problem document"
    return None


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _quoted(value: Any) -> str:
    return quote(_as_text(value), errors="surrogatepass")
