"""Where compose.yaml mounts what, and who is handed which secret.

Every part has a volume of its own with the files that it needs and no others: what one part knows, another cannot read.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from vitrina_embedded.home import Home
from vitrina_embedded.secret_files import (
    ADMIN_PASSWORD,
    ALERTING_TOKEN,
    ALERTS_TOKEN,
    AUTH_KEY,
    GRAFANA_PASSWORD,
    REGISTRY_KEY,
    SIMULATOR_TOKEN,
    bus_password,
)

HOME: Final = Home(Path("/run/vitrina"))
"""Holds the volume with all secrets, and PostgreSQL's data beside it."""

HANDED_OUT: Final = Path("/run/vitrina/config")
"""Below it, the volume of each part; the part itself mounts it at `MOUNTED`."""

DATA: Final = Path("/run/vitrina/data")
"""Below it, the data volumes whose owner has to be set."""

MOUNTED: Final = Path("/run/secrets/vitrina")

OIDC_CLIENT_SECRET: Final = Path("/run/vitrina/oidc-client-secret")
"""What the operator's provider knows Vitrina by; an empty file when there is none."""

SMTP_PASSWORD: Final = Path("/run/vitrina/smtp-password")
"""Of the company's mail server; an empty file when there is none."""

OPERATORS_OWN: Final[Mapping[str, Path]] = {"auth": OIDC_CLIENT_SECRET, "registry": SMTP_PASSWORD}
"""By part: the secret that is not ours to make."""

STAGING: Final = Path("/run/vitrina/staging")
"""What a backup or a restore has in the making; empty between them."""

USER: Final = 65532
"""Everything runs as this user, in containers that have no capability."""

SOCKET_HOLDER: Final = "orchestrator"
"""The one part that runs as root (without capabilities): the engine's socket is root's on every machine."""

SECRETS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "postgres": ("postgres-password",),
    "auth": ("auth-database-password", bus_password("auth"), AUTH_KEY, ADMIN_PASSWORD),
    "registry": (
        "registry-database-password",
        bus_password("registry"),
        REGISTRY_KEY,
        "orchestrator-calls-registry",
        "gateway-calls-registry",
        ALERTING_TOKEN,
        "calls-orchestrator",
    ),
    "orchestrator": (bus_password("orchestrator"), "orchestrator-calls-registry", "calls-orchestrator"),
    "gateway": (bus_password("gateway"), "gateway-calls-registry", ALERTS_TOKEN),
    "nats": (),
    "prometheus": ("calls-orchestrator",),
    "alertmanager": (ALERTS_TOKEN,),
    "alerting": (ALERTING_TOKEN,),
    "grafana": (GRAFANA_PASSWORD,),
    "simulator": (SIMULATOR_TOKEN,),
}

WRITTEN: Final = frozenset({"alertmanager"})
"""Parts whose configuration another part writes anew: `alerting`, into the same volume."""


def owner(part: str) -> int:
    return 0 if part == SOCKET_HOLDER else USER


def secret_paths() -> Mapping[str, Path]:
    """Every secret of the installation, as the set-up itself sees them."""
    return {path.name: path for path in HOME.secrets.iterdir() if not path.name.startswith(".")}
