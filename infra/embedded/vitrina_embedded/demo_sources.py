"""The demo's sources: one against each vendor's simulator, made once through the public API as a person would do it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from vitrina_embedded.home import read_json, write_private
from vitrina_embedded.network import own_trust
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.secret_files import ADMIN_PASSWORD, SIMULATOR_TOKEN, read_secret

_SECONDS: Final = 30
EXPIRED_PLATFORM: Final = "addreality"
EXPIRED_SOURCE: Final = "demo-volga"
_EXPIRED_TOKEN: Final = "demo-token-of-last-year"  # noqa: S105 - refused by the simulator, which knows another one
_CSV: Final = {"Content-Type": "text/csv; charset=utf-8"}
_PATHS: Final = {"addreality": "/public/v1/device/list", "cubicmedia": "/api/v0.1/players/status-check?mac="}


@dataclass(frozen=True)
class Demo:
    """`edge` and `simulators` (by platform) are base URLs; `state_file` remembers what was made."""

    edge: str
    simulators: Mapping[str, str]
    secrets: Mapping[str, Path]
    state_file: Path
    certificate: Path | None = None
    """The edge's, when that is https."""
    device_facts: str = ""
    """CSV of what people know of the demo's devices."""
    has_expired: bool = False
    """A third source, whose vendor refuses its token."""

    @property
    def wanted(self) -> dict[str, tuple[str, str]]:
        """Platform and endpoint of each source, by the key under which the file of states knows it."""
        places = {platform: (platform, f"{base}{_PATHS[platform]}") for platform, base in self.simulators.items()}
        return {**places, EXPIRED_SOURCE: places[EXPIRED_PLATFORM]} if self.has_expired else places


def ensure_sources(demo: Demo) -> list[str]:
    """Makes the sources that this data never had and points the others at the simulators' present places.

    A source that a person has deleted stays deleted. Returns notes for the person.

    Raises:
        Refusal: a request was answered by an error.
    """
    state = read_json(demo.state_file)
    known: dict[str, str] = state.get("demo_endpoints", {})
    if known == {key: endpoint for key, (_, endpoint) in demo.wanted.items()}:
        return []
    trust = own_trust(demo.certificate) if demo.certificate else True
    with httpx.Client(base_url=demo.edge, timeout=_SECONDS, trust_env=False, verify=trust) as client:
        if not _sign_in(client, demo):
            return ["The admin's password was changed, so the demo's sources are left as they are."]
        for key, (platform, endpoint) in demo.wanted.items():
            if key not in known:
                _create(client, demo, key, endpoint)
            elif known[key] != endpoint:
                _move(client, platform, _source(key), endpoint)
            known = {**known, key: endpoint}
            write_private(demo.state_file, json.dumps({**state, "demo_endpoints": known}, indent=2) + "\n")
        if demo.device_facts:
            _check(client.post("/api/registry/v1/facts.csv", content=demo.device_facts.encode(), headers=_CSV))
    return []


def _source(key: str) -> str:
    return key if key == EXPIRED_SOURCE else f"demo-{key}"


def _sign_in(client: httpx.Client, demo: Demo) -> bool:
    password = read_secret(demo.secrets[ADMIN_PASSWORD])
    answer = client.post("/api/auth/token", data={"username": "admin", "password": password})
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        return False
    _check(answer)
    client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    client.headers["If-Match"] = "*"
    return True


def _create(client: httpx.Client, demo: Demo, key: str, endpoint: str) -> None:
    platform = demo.wanted[key][0]
    config: dict[str, Any] = {"api_url": endpoint}
    if key == EXPIRED_SOURCE:
        config["api_token"] = _EXPIRED_TOKEN
    elif platform == "addreality":
        config["api_token"] = read_secret(demo.secrets[SIMULATOR_TOKEN])
    else:
        config["macs"] = _check(client.get(f"{demo.simulators[platform]}/control/macs")).json()
        config["offline_values"] = ["offline"]
    body: Mapping[str, Any] = {
        "name": _source(key),
        "config": config,
        "labels": {"demo": "true"},
        "enabled": True,
    }
    answer = client.post(f"/api/registry/v1/exporters/{platform}/sources", json=body)
    if answer.status_code != httpx.codes.CONFLICT:  # made by a start that was interrupted before it could note it
        _check(answer)


def _move(client: httpx.Client, platform: str, source: str, endpoint: str) -> None:
    path = f"/api/registry/v1/exporters/{platform}/sources/{source}"
    answer = client.get(path)
    if answer.status_code == httpx.codes.NOT_FOUND:
        return
    config = {**_check(answer).json()["config"], "api_url": endpoint}
    _check(client.patch(path, json={"config": config}))


def _check(answer: httpx.Response) -> httpx.Response:
    if not answer.is_success:
        request = answer.request
        raise Refusal(
            f"The demo could not be set up ({request.method} {request.url.path} answered {answer.status_code}): "
            "look into the logs, or start without the demo by `VITRINA_DEMO=0 make up`."
        )
    return answer
