"""People as the API sees them: an admin, managers, nobody."""

import time
from collections.abc import Mapping
from typing import Any

import httpx

REGISTRY = "/api/registry/v1"
TOKEN_SECONDS = 300
"""Half of a token's life: then a new one is asked for."""
WHATEVER = {"If-Match": "*"}


class Person:
    """Signs in when needed. `password=None`: somebody without a token."""

    def __init__(self, url: str, username: str, password: str | None) -> None:
        self.username = username
        self.password = password
        self._client = httpx.Client(base_url=url, timeout=15, trust_env=False)
        self._signed_in_at = -float(TOKEN_SECONDS)

    def close(self) -> None:
        self._client.close()

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """`options` as for httpx; a refusal is an answer, too."""
        headers = {**self.authorization(), **options.pop("headers", {})}
        return self._client.request(method, path, headers=headers, **options)

    def read(self, path: str, **params: Any) -> Any:
        return self.ask("GET", path, params=params).raise_for_status().json()

    def authorization(self) -> Mapping[str, str]:
        if self.password is not None and time.monotonic() - self._signed_in_at > TOKEN_SECONDS:
            answer = self._client.post(
                "/api/auth/token", data={"username": self.username, "password": self.password}
            ).raise_for_status()
            self._client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
            self._signed_in_at = time.monotonic()
        return {"Authorization": self._client.headers["Authorization"]} if self.password is not None else {}

    # --- the gateway ---

    def devices(self, **params: Any) -> list[dict[str, Any]]:
        """All that fit, on all pages."""
        found: list[dict[str, Any]] = []
        page = self.read("/api/v1/devices", limit=1000, **params)
        found.extend(page["items"])
        while page["next_cursor"] is not None:
            page = self.read("/api/v1/devices", limit=1000, cursor=page["next_cursor"], **params)
            found.extend(page["items"])
        assert len(found) == page["total"]
        return found

    def statuses(self, source: str) -> dict[str, str]:
        """Status of every device of a source, by its id."""
        return {device["device_id"]: device["status"] for device in self.devices(source=source)}

    def device(self, platform: str, source: str, device_id: str) -> Any:
        return self.read(f"/api/v1/devices/{platform}/{source}/{device_id}")

    def overview(self) -> Any:
        return self.read("/api/v1/overview")

    def source_overview(self, source: str) -> Any:
        return next(each for each in self.overview()["sources"] if each["source"] == source)

    # --- the registry ---

    def exporters(self) -> dict[str, Any]:
        return {exporter["name"]: exporter for exporter in self.read(f"{REGISTRY}/exporters")["items"]}

    def sources(self, exporter: str) -> dict[str, Any]:
        listed = self.read(f"{REGISTRY}/exporters/{exporter}/sources")["items"]
        return {source["name"]: source for source in listed}

    def change_exporter(self, name: str, **change: Any) -> Any:
        answer = self.ask("PATCH", f"{REGISTRY}/exporters/{name}", json=change, headers=WHATEVER)
        return answer.raise_for_status().json()

    def change_source(self, exporter: str, name: str, **change: Any) -> Any:
        path = f"{REGISTRY}/exporters/{exporter}/sources/{name}"
        return self.ask("PATCH", path, json=change, headers=WHATEVER).raise_for_status().json()

    def delete(self, path: str) -> None:
        self.ask("DELETE", f"{REGISTRY}{path}", headers=WHATEVER).raise_for_status()

    def keep_series(self, source: str) -> None:
        """Of a deleted source, whose name is free again thereby."""
        for operation in self.read(f"{REGISTRY}/operations", source=source, state="pending")["items"]:
            self.ask("POST", f"{REGISTRY}/operations/{operation['id']}/cancel").raise_for_status()

    def remove_series(self, source: str) -> None:
        """Of a deleted source, without the rest of the grace."""
        for operation in self.read(f"{REGISTRY}/operations", source=source, state="pending")["items"]:
            self.ask("POST", f"{REGISTRY}/operations/{operation['id']}/run").raise_for_status()

    def removals(self, source: str) -> list[str]:
        """States of the operations that remove the series of a source, the newest first."""
        return [operation["state"] for operation in self.read(f"{REGISTRY}/operations", source=source)["items"]]

    def create(self, path: str, body: Mapping[str, Any]) -> Any:
        return self.ask("POST", f"{REGISTRY}{path}", json=body).raise_for_status().json()
