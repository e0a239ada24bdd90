"""The way with containers: what compose says of each of its services."""

import json
import shutil
import subprocess
from typing import Any

from vitrina_embedded.doctor.finding import Finding, State
from vitrina_embedded.home import ROOT


def examine_containers() -> list[Finding]:
    """Nothing where compose has no containers of ours, or is not there."""
    if shutil.which("docker") is None:
        return []
    said = subprocess.run(
        ["docker", "compose", "ps", "--all", "--format", "json"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if said.returncode != 0:
        return []
    return [judge(container) for container in parse(said.stdout)]


def parse(said: str) -> list[dict[str, Any]]:
    """Newer versions of compose write an object a line, older ones a list."""
    if said.lstrip().startswith("["):
        listed: list[dict[str, Any]] = json.loads(said)
        return listed
    return [json.loads(line) for line in said.splitlines() if line.strip()]


def judge(container: dict[str, Any]) -> Finding:
    """A one-shot is right once it has ended by 0; everything else is to run, and to be healthy where it can say so."""
    name, state, health = container["Service"], container["State"], container.get("Health", "")
    step = f"Look into `docker compose logs {name}`."
    if state == "exited":
        code = container.get("ExitCode", 0)
        if code == 0:
            return Finding(name, State.OK, "has done its work")
        return Finding(name, State.WRONG, f"ended with {code}", step)
    if state != "running" or health == "unhealthy":
        return Finding(name, State.WRONG, f"is {health or state}", step)
    if health == "starting":
        return Finding(name, State.LOOK, "is starting", "Wait a minute and run this again.")
    return Finding(name, State.OK, "runs")
