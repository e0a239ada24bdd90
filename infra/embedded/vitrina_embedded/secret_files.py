"""Secrets of the installation: made at the first start, one file each, readable by its owner only.

Processes are given the path of a file, never the secret: arguments and environments can be read by others.
"""

import base64
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from vitrina_embedded.home import Home, write_private
from vitrina_embedded.refusal import Refusal

ADMIN_PASSWORD: Final = "admin-password"  # noqa: S105 - the name of a file
REGISTRY_KEY: Final = "registry-secret-key"
AUTH_KEY: Final = "auth-secret-key"
DATABASE_PASSWORDS: Final = ("postgres-password", "registry-database-password", "auth-database-password")
BUS_USERS: Final = ("auth", "registry", "orchestrator", "gateway", "subscriber")
SIMULATOR_TOKEN: Final = "addreality-simulator-token"  # noqa: S105 - the name of a file
ALERTS_TOKEN: Final = "alertmanager-calls-gateway"  # noqa: S105 - the name of a file
ALERTING_TOKEN: Final = "alerting-calls-registry"  # noqa: S105 - the name of a file
GRAFANA_PASSWORD: Final = "grafana-admin-password"  # noqa: S105 - the name of a file
TOKENS: Final = (
    "orchestrator-calls-registry",
    "gateway-calls-registry",
    "calls-orchestrator",
    ALERTS_TOKEN,
    ALERTING_TOKEN,
    GRAFANA_PASSWORD,
    SIMULATOR_TOKEN,
)


def bus_password(user: str) -> str:
    return f"nats-{user}-password"


def ensure_secrets(
    home: Home, admin_password: str | None, wipe: str = "make wipe", subscribers: Sequence[str] = ()
) -> Mapping[str, Path]:
    """Path of every secret by its name; makes what is missing. `wipe` is the command that starts anew.

    `subscribers`: further users of NATS.

    Raises:
        Refusal: data from before needs a secret that is gone.
    """
    data_exists = (home.postgres / "PG_VERSION").exists()
    made: dict[str, Path] = {}
    names = [
        ADMIN_PASSWORD,
        REGISTRY_KEY,
        AUTH_KEY,
        *DATABASE_PASSWORDS,
        *(bus_password(user) for user in (*BUS_USERS, *subscribers)),
        *TOKENS,
    ]
    for name in names:
        path = made[name] = home.secrets / name
        if path.exists():
            continue
        if data_exists and name in {REGISTRY_KEY, AUTH_KEY, DATABASE_PASSWORDS[0]}:
            raise Refusal(
                f"{path} is gone, and the data cannot be read without it: put it back, or run `{wipe}` to start anew."
            )
        write_private(path, _new(name, admin_password) + "\n")
    return made


def read_secret(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()


def _new(name: str, admin_password: str | None) -> str:
    if name in {REGISTRY_KEY, AUTH_KEY}:
        return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    if name == ADMIN_PASSWORD:
        return admin_password or secrets.token_urlsafe(15)
    return secrets.token_urlsafe(32)
