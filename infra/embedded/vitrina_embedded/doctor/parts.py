"""The parts of a running installation: which run, and what each says of itself."""

import subprocess
from typing import Any, Final

import httpx

from vitrina_embedded.backup.contents import unknown_revisions
from vitrina_embedded.backup.postgres_tools import server_of, table_revisions
from vitrina_embedded.doctor.finding import Finding, State
from vitrina_embedded.home import Home, read_json
from vitrina_embedded.network import own_trust
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.settings import Settings
from vitrina_embedded.supervision import Supervisor

STOPPED: Final = "vitrina"
"""Subject of the one finding when nothing runs."""
_SECONDS: Final = 4
_UP: Final = "Start it: `make up`."


def examine_parts(settings: Settings, home: Home) -> list[Finding]:
    """One finding alone when nothing runs."""
    supervisor = Supervisor(home)
    if not supervisor.is_running():
        said = "stopped" if home.ready_file.parent.exists() else f"nothing is installed in {home.path}"
        return [Finding(STOPPED, State.WRONG, said, _UP)]
    endpoints = read_json(home.endpoints_file)
    if not endpoints or not home.ready_file.exists():
        step = "Wait for `make up` to end, or run it again."
        return [Finding(STOPPED, State.LOOK, "is being started, or was not started to the end", step)]
    found = [_dead(home, name) for name, pid in sorted(supervisor.pids().items()) if not pid]
    with httpx.Client(timeout=_SECONDS, trust_env=False) as client:
        for name, addresses in endpoints.get("services", {}).items():
            found.append(_service(client, home, name, addresses["internal"]))
        for name, url in _others(endpoints).items():
            found.append(_answering(client, home, name, url))
        found += _targets(client, endpoints)
    found.append(_edge(settings, home))
    found.append(_tables(home))
    return found


def _dead(home: Home, name: str) -> Finding:
    step = f"Look into {home.log(name)}; it is started again and again."
    return Finding(name, State.WRONG, "does not run", step)


def _others(endpoints: dict[str, Any]) -> dict[str, str]:
    return {
        "prometheus": f"{endpoints['prometheus']}/-/ready",
        "alertmanager": f"{endpoints['alertmanager']}/-/ready",
        "nats": f"{endpoints['nats']['monitor']}/healthz",
    }


def _service(client: httpx.Client, home: Home, name: str, internal: str) -> Finding:
    """What its checks say, those too without which it goes on."""
    try:
        answer = client.get(f"{internal}/health/ready")
        checks: dict[str, str] = answer.json()["checks"]
    except (httpx.HTTPError, ValueError, KeyError):
        return Finding(name, State.WRONG, "does not answer", f"Look into {home.log(name)}.")
    failing = [f"{check}: {said}" for check, said in checks.items() if said != "ok"]
    if not failing:
        return Finding(name, State.OK, "ready")
    state = State.LOOK if answer.is_success else State.WRONG
    return Finding(name, state, "; ".join(failing), f"Look at what it names, then into {home.log(name)}.")


def _answering(client: httpx.Client, home: Home, name: str, url: str) -> Finding:
    try:
        answer = client.get(url)
    except httpx.HTTPError as error:
        return Finding(name, State.WRONG, f"does not answer ({type(error).__name__})", f"Look into {home.log(name)}.")
    if answer.is_success:
        return Finding(name, State.OK, "ready")
    return Finding(name, State.WRONG, f"answers {answer.status_code}", f"Look into {home.log(name)}.")


def _edge(settings: Settings, home: Home) -> Finding:
    trust = own_trust(settings.tls_cert) if settings.tls_cert else True
    with httpx.Client(timeout=_SECONDS, trust_env=False, verify=trust) as client:
        return _answering(client, home, "caddy", settings.local_url)


def _targets(client: httpx.Client, endpoints: dict[str, Any]) -> list[Finding]:
    """Whom Prometheus cannot scrape: exporters among them."""
    try:
        answer = client.get(f"{endpoints['prometheus']}/api/v1/targets", params={"state": "active"})
        targets = answer.raise_for_status().json()["data"]["activeTargets"]
    except (httpx.HTTPError, ValueError, KeyError):
        return []  # that Prometheus does not answer is said already
    down = [target for target in targets if target["health"] == "down"]
    return [
        Finding(
            target["labels"].get("exporter") or target["labels"]["job"],
            State.WRONG,
            f"Prometheus cannot scrape it: {target['lastError']}",
            "Run `vitrina exporters list` and `vitrina logs NAME`.",
        )
        for target in down
    ] or [Finding("targets", State.OK, f"Prometheus scrapes {len(targets)}")]


def _tables(home: Home) -> Finding:
    try:
        unknown = unknown_revisions(table_revisions(server_of(home, int(read_json(home.ports_file)["postgres"]))))
    except (Refusal, KeyError, OSError, subprocess.SubprocessError) as error:
        return Finding("postgres", State.WRONG, f"cannot be asked: {error}", f"Look into {home.log('postgres')}.")
    if unknown:
        step = "Run the version of Vitrina that made these tables, or restore a backup of before."
        return Finding("postgres", State.WRONG, f"tables of {', '.join(unknown)} are newer than this version", step)
    return Finding("postgres", State.OK, "answers; its tables are known to this version")
