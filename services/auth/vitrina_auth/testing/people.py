"""People as tests see them: clients with their own cookies and address."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

ADMIN_PASSWORD = "pw"
"""Of the first admin: the operator may choose any length."""
HERE = "10.0.0.1"
COOKIE = "vitrina_refresh"


@dataclass
class Person:
    """A client and the access token of its last sign-in."""

    client: httpx.AsyncClient
    token: str = ""

    async def sign_in(self, username: str, password: str) -> httpx.Response:
        answer = await self.client.post("/api/auth/token", data={"username": username, "password": password})
        self.token = answer.json().get("access_token", "")
        return answer

    async def refresh(self, secret: str | None = None) -> httpx.Response:
        """With the cookie that the person has, or with another secret in its place."""
        if secret is not None:
            self.client.cookies.clear()
            self.client.cookies.set(COOKIE, secret, path="/api/auth", domain="vitrina.local")
        return await self.client.post("/api/auth/refresh")

    @property
    def secret(self) -> str:
        return self.client.cookies[COOKIE]

    async def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """A request with the access token; `path` is below `/api/auth`."""
        headers = {"Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        return await self.client.request(method, f"/api/auth{path}", headers=headers, **options)


MakePerson = Callable[..., Person]
"""`(address=HERE)`"""
MakeUser = Callable[..., Awaitable[Person]]
"""`(username, role="manager", sources=[])`: created by the first admin, and signed in."""
Rows = Callable[[str], Awaitable[list[dict[str, Any]]]]
"""What an SQL query answers."""


def password_of(username: str) -> str:
    return f"{username}'s password"
