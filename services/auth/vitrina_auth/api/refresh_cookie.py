"""The refresh token as a cookie, and the check that a request with it comes from our own page.

`SameSite=Strict` already keeps other sites' requests free of the cookie; the check also covers what shares our site
but not our origin, and sign-in itself, which would let another site sign a person in under a name of its choice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from vitrina_kit.problem_handlers import forbidden

from vitrina_auth.use_cases.tokens import SignedIn

PATH: Final = "/api/auth"
_OUR_OWN: Final = ("same-origin", "none")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class RefreshCookie:
    """`secure` is off only where people use plain HTTP on loopback; the name then cannot promise it.

    `public_url` is where people find the page when a proxy in front has another scheme, name or port.
    """

    secure: bool
    public_url: str | None = None

    @property
    def name(self) -> str:
        return "__Secure-vitrina_refresh" if self.secure else "vitrina_refresh"

    def read(self, request: Request) -> str | None:
        return request.cookies.get(self.name)

    def set(self, response: Response, signed_in: SignedIn, now: datetime) -> None:
        response.set_cookie(
            self.name,
            signed_in.refresh_secret,
            max_age=round((signed_in.refresh_expires_at - now).total_seconds()),
            path=PATH,
            secure=self.secure,
            httponly=True,
            samesite="strict",
        )

    def clear(self, response: Response) -> None:
        response.delete_cookie(self.name, path=PATH, secure=self.secure, httponly=True, samesite="strict")


def _require_same_origin(request: Request) -> None:
    """Clients that are no browsers send neither header, and have no cookie that another site could use."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None and site not in _OUR_OWN:
        raise forbidden("This request comes from another site.")
    if origin is not None and _host_of(origin) not in _our_hosts(request):
        raise forbidden("This request comes from another origin.")


def _our_hosts(request: Request) -> Iterator[tuple[str | None, int | None] | None]:
    yield _host_of(f"{request.url.scheme}://{request.headers.get('host')}")
    public_url = _cookie(request).public_url
    if public_url is not None:
        yield _host_of(public_url)


def _host_of(origin: str) -> tuple[str | None, int | None] | None:
    """Host and port; the scheme is left out, since the edge may end TLS. None for what is no origin of the web."""
    try:
        parts = urlsplit(origin)
        return (parts.hostname, parts.port or _DEFAULT_PORTS[parts.scheme])
    except (ValueError, KeyError):
        return None


SameOrigin = Depends(_require_same_origin)


def _cookie(request: Request) -> RefreshCookie:
    cookie: RefreshCookie = request.app.state.refresh_cookie
    return cookie


Cookie = Annotated[RefreshCookie, Depends(_cookie)]


def _refresh_secret(request: Request, cookie: Cookie) -> str | None:
    return cookie.read(request)


RefreshSecret = Annotated[str | None, Depends(_refresh_secret)]
