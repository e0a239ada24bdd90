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


def ensure_sources(demo: Demo) -> list[str]:
    """Makes the sources that this data never had and points the others at the simulators' present places.

    A source that a person has deleted stays deleted. Returns notes for the person.

    Raises:
        Refusal: a request was answered by an error.
    """
    state = read_json(demo.state_file)
    known: dict[str, str] = state.get("demo_endpoints", {})
    wanted = {platform: f"{base}{_PATHS[platform]}" for platform, base in demo.simulators.items()}
    if known == wanted:
        return []
    trust = own_trust(demo.certificate) if demo.certificate else True
    with httpx.Client(base_url=demo.edge, timeout=_SECONDS, trust_env=False, verify=trust) as client:
        if not _sign_in(client, demo):
            return ["The admin's password was changed, so the demo's sources are left as they are."]
        for platform, endpoint in wanted.items():
            if platform not in known:
                _create(client, demo, platform, endpoint)
            elif known[platform] != endpoint:
                _move(client, platform, endpoint)
            known = {**known, platform: endpoint}
            write_private(demo.state_file, json.dumps({**state, "demo_endpoints": known}, indent=2) + "\n")
    return []


def _sign_in(client: httpx.Client, demo: Demo) -> bool:
    password = read_secret(demo.secrets[ADMIN_PASSWORD])
    answer = client.post("/api/auth/token", data={"username": "admin", "password": password})
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        return False
    _check(answer)
    client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    client.headers["If-Match"] = "*"
    return True


def _create(client: httpx.Client, demo: Demo, platform: str, endpoint: str) -> None:
    config: dict[str, Any] = {"api_url": endpoint}
    if platform == "addreality":
        config["api_token"] = read_secret(demo.secrets[SIMULATOR_TOKEN])
    else:
        config["macs"] = _check(client.get(f"{demo.simulators[platform]}/control/macs")).json()
        config["offline_values"] = ["offline"]
    body: Mapping[str, Any] = {
        "name": f"demo-{platform}",
        "config": config,
        "labels": {"demo": "true"},
        "enabled": True,
    }
    answer = client.post(f"/api/registry/v1/exporters/{platform}/sources", json=body)
    if answer.status_code != httpx.codes.CONFLICT:  # made by a start that was interrupted before it could note it
        _check(answer)


def _move(client: httpx.Client, platform: str, endpoint: str) -> None:
    path = f"/api/registry/v1/exporters/{platform}/sources/demo-{platform}"
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
