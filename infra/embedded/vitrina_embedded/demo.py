"""The demo: a source against each vendor's simulator, made once through the public API as a person would make it."""

import json
from collections.abc import Mapping
from typing import Any

import httpx

from vitrina_embedded.home import read_json, write_private
from vitrina_embedded.installation import Installation
from vitrina_embedded.processes import PLATFORMS, edge
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.secret_files import ADMIN_PASSWORD, SIMULATOR_TOKEN, read_secret

_SECONDS = 30
_PATHS = {"addreality": "/public/v1/device/list", "cubicmedia": "/api/v0.1/players/status-check?mac="}


def ensure_sources(installation: Installation) -> list[str]:
    """Makes the sources that this data never had and points the others at the simulators' present ports; returns notes.

    A source that a person has deleted stays deleted.
    """
    state = read_json(installation.home.state_file)
    known: dict[str, str] = state.get("demo_endpoints", {})
    wanted = {platform: _endpoint(installation, platform) for platform in PLATFORMS}
    if known == wanted:
        return []
    with httpx.Client(base_url=_base_url(installation), timeout=_SECONDS, trust_env=False) as client:
        if not _sign_in(client, installation):
            return ["The admin's password was changed, so the demo's sources are left as they are."]
        for platform, endpoint in wanted.items():
            if platform not in known:
                _create(client, installation, platform, endpoint)
            elif known[platform] != endpoint:
                _move(client, platform, endpoint)
            known = {**known, platform: endpoint}
            write_private(installation.home.state_file, json.dumps({**state, "demo_endpoints": known}, indent=2) + "\n")
    return []


def _base_url(installation: Installation) -> str:
    return (edge(installation).health or "").rstrip("/")


def _endpoint(installation: Installation, platform: str) -> str:
    return installation.http(f"{platform}_simulator", _PATHS[platform])


def _sign_in(client: httpx.Client, installation: Installation) -> bool:
    password = read_secret(installation.secrets[ADMIN_PASSWORD])
    answer = client.post("/api/auth/token", data={"username": "admin", "password": password})
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        return False
    _check(answer)
    client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    client.headers["If-Match"] = "*"
    return True


def _create(client: httpx.Client, installation: Installation, platform: str, endpoint: str) -> None:
    config: dict[str, Any] = {"api_url": endpoint}
    if platform == "addreality":
        config["api_token"] = read_secret(installation.secrets[SIMULATOR_TOKEN])
    else:
        config["macs"] = _check(client.get(installation.http(f"{platform}_simulator", "/control/macs"))).json()
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
