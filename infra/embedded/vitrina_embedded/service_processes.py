"""Vitrina's own services as processes, each with its settings.

Each is given the secrets that it needs and no others, as paths of files.
"""

import json
import sys
from collections.abc import Mapping
from typing import Final

from vitrina_embedded import configuration, database
from vitrina_embedded.downloads import TOOLS
from vitrina_embedded.home import ROOT
from vitrina_embedded.installation import Installation
from vitrina_embedded.ports import LOOPBACK
from vitrina_embedded.secret_files import (
    ADMIN_PASSWORD,
    ALERTING_TOKEN,
    ALERTS_TOKEN,
    AUTH_KEY,
    REGISTRY_KEY,
    bus_password,
)
from vitrina_embedded.settings import Settings
from vitrina_embedded.supervision import Program

GATEWAY: Final = "gateway"
SMALL_MEMORY: Final = {"MALLOC_ARENA_MAX": "2", "PYTHONUNBUFFERED": "1"}


def services(installation: Installation) -> list[Program]:
    return [
        _auth(installation),
        _registry(installation),
        _orchestrator(installation),
        gateway(installation),
        _alerting(installation),
    ]


def migrations(installation: Installation) -> list[tuple[str, list[str], Mapping[str, str]]]:
    """Name, command and environment of what brings each schema to its newest form."""
    return [
        (program.name, [*program.command, "migrate"], program.environment)
        for program in (_auth(installation), _registry(installation))
    ]


def _alerting(installation: Installation) -> Program:
    """Beside Alertmanager: has it tell whom the registry says."""
    return Program(
        name="alerting",
        title="the part beside Alertmanager",
        command=[sys.executable, "-m", "vitrina_embedded.alerting"],
        environment={
            **SMALL_MEMORY,
            "VITRINA_ALERTMANAGER_URL": installation.http("alertmanager"),
            "VITRINA_ALERTMANAGER_FILE": str(configuration.alertmanager_file(installation)),
            "VITRINA_ALERTING_FILE": str(configuration.alerting_file(installation)),
            "VITRINA_AMTOOL": str(installation.monitoring.amtool),
            "VITRINA_REGISTRY_INTERNAL_URL": installation.http("registry_internal"),
            "VITRINA_REGISTRY_TOKEN_FILE": str(installation.secrets[ALERTING_TOKEN]),
            "VITRINA_LOG_LEVEL": installation.settings.log_level,
        },
    )


def _auth(installation: Installation) -> Program:
    return _service(
        installation,
        "auth",
        {
            **_database(installation, "auth"),
            **_bus(installation, "auth"),
            "VITRINA_SECRET_KEY_FILE": str(installation.secrets[AUTH_KEY]),
            "VITRINA_ADMIN_PASSWORD_FILE": str(installation.secrets[ADMIN_PASSWORD]),
            "VITRINA_ADMIN_PASSWORD_GENERATED": str(installation.settings.must_change_admin_password),
            "VITRINA_REFRESH_COOKIE_SECURE": str(installation.settings.is_secure).lower(),
            "VITRINA_SECOND_FACTOR_ROLES": installation.settings.second_factor_roles,
            "VITRINA_AUDIT_DAYS": str(installation.settings.audit_days),
            "VITRINA_PUBLIC_URL": installation.settings.url,
            **installation.settings.oidc_environment,
            **_way_out(installation),
        },
    )


def _registry(installation: Installation) -> Program:
    secrets = installation.secrets
    return _service(
        installation,
        "registry",
        {
            **_database(installation, "registry"),
            **_bus(installation, "registry"),
            "VITRINA_SECRET_KEY_FILE": str(secrets[REGISTRY_KEY]),
            "VITRINA_ORCHESTRATOR_CALLER_TOKEN_FILE": str(secrets["orchestrator-calls-registry"]),
            "VITRINA_GATEWAY_CALLER_TOKEN_FILE": str(secrets["gateway-calls-registry"]),
            "VITRINA_ALERTING_CALLER_TOKEN_FILE": str(secrets[ALERTING_TOKEN]),
            "VITRINA_ORCHESTRATOR_TOKEN_FILE": str(secrets["calls-orchestrator"]),
            "VITRINA_ORCHESTRATOR_INTERNAL_URL": installation.http("orchestrator_internal"),
            "VITRINA_EXPORTERS_DIR": str(ROOT / "exporters"),
            "VITRINA_SERIES_CLEANUP": str(installation.settings.cleans_series).lower(),
            "VITRINA_SERIES_GRACE_HOURS": f"{installation.settings.series_grace_hours:g}",
            "VITRINA_PLATFORM_RETENTION_DAYS": json.dumps(installation.settings.platform_retention_days),
            "VITRINA_AUDIT_DAYS": str(installation.settings.audit_days),
            "VITRINA_PUBLIC_URL": installation.settings.url,
            **installation.settings.smtp_environment,
            **_authority(installation),
            "VITRINA_PRIVATE_ENDPOINTS": installation.private_endpoints,
            **_polling(installation),
        },
    )


def _orchestrator(installation: Installation) -> Program:
    return _service(
        installation,
        "orchestrator",
        {
            **_bus(installation, "orchestrator"),
            **_runtime(installation),
            "VITRINA_RUNTIME_DIR": str(installation.home.folder("runtime")),
            "VITRINA_TOOLS_DIR": str(TOOLS),
            # Nothing of others' Prometheus is removed.
            **(
                {}
                if installation.settings.prometheus_url
                else {"VITRINA_PROMETHEUS_ADMIN_URL": installation.prometheus}
            ),
            **_third_party(installation.settings),
            "VITRINA_REGISTRY_INTERNAL_URL": installation.http("registry_internal"),
            "VITRINA_REGISTRY_TOKEN_FILE": str(installation.secrets["orchestrator-calls-registry"]),
            "VITRINA_ORCHESTRATOR_TOKEN_FILE": str(installation.secrets["calls-orchestrator"]),
            "VITRINA_PRIVATE_ENDPOINTS": installation.private_endpoints,
            **_way_out(installation),
            **_polling(installation),
        },
    )


def gateway(installation: Installation) -> Program:
    settings = installation.settings
    return _service(
        installation,
        GATEWAY,
        {
            **_bus(installation, "gateway"),
            "VITRINA_PROMETHEUS_URL": installation.prometheus,
            "VITRINA_ALERTMANAGER_URL": settings.alertmanager_url or installation.http("alertmanager"),
            "VITRINA_REGISTRY_INTERNAL_URL": installation.http("registry_internal"),
            "VITRINA_REGISTRY_TOKEN_FILE": str(installation.secrets["gateway-calls-registry"]),
            "VITRINA_ALERTMANAGER_CALLER_TOKEN_FILE": str(installation.secrets[ALERTS_TOKEN]),
            "VITRINA_SCRAPE_INTERVAL": str(settings.scrape_interval),
            "VITRINA_FRESH_SECONDS": str(settings.fresh_seconds),
            "VITRINA_TICK_SECONDS": f"{settings.tick_seconds:g}",
            "VITRINA_CHECKPOINT_FILE": str(installation.home.folder("gateway") / "checkpoint"),
            "VITRINA_PRIVATE_ENDPOINTS": installation.private_endpoints,
            "VITRINA_NATS_SUBSCRIBERS": ",".join(settings.nats_subscribers),
            **_way_out(installation),
        },
    )


def _authority(installation: Installation) -> Mapping[str, str]:
    """For who calls others without the company's proxy."""
    ca_file = installation.settings.ca_file
    return {"VITRINA_CA_FILE": str(ca_file)} if ca_file else {}


def _way_out(installation: Installation) -> Mapping[str, str]:
    """The company's proxy and authority; the demo's vendors are on this machine and need neither."""
    settings = installation.settings
    straight = [settings.no_proxy, installation.vendor_host if settings.demo else ""]
    given = {
        "VITRINA_HTTPS_PROXY_FILE": configuration.proxy_file(installation) if settings.https_proxy else None,
        "VITRINA_NO_PROXY": ",".join(filter(None, straight)),
        "VITRINA_CA_FILE": settings.ca_file,
    }
    return {name: str(value) for name, value in given.items() if value}


def _third_party(settings: Settings) -> Mapping[str, str]:
    """Which images and programs of others may run; unset, what the orchestrator allows by itself."""
    given = {
        "VITRINA_THIRD_PARTY_IMAGES": settings.third_party_images,
        "VITRINA_THIRD_PARTY_PROGRAMS": settings.third_party_programs,
    }
    return {name: value for name, value in given.items() if value is not None}


def _runtime(installation: Installation) -> Mapping[str, str]:
    settings, containers = installation.settings, installation.containers
    if containers is None:
        return {"VITRINA_RUNTIME": "process"}
    return {
        "VITRINA_RUNTIME": "docker",
        "VITRINA_DOCKER_HOST": containers.docker_host,
        "VITRINA_IMAGE_PREFIX": containers.image_prefix,
        "VITRINA_IMAGE_TAG": containers.image_tag,
        "VITRINA_EGRESS_NETWORK": containers.network,
        "VITRINA_EXPORTER_MEMORY_MB": str(settings.exporter_memory_mb),
        "VITRINA_EXPORTER_CPUS": f"{settings.exporter_cpus:g}",
        "VITRINA_EXPORTER_PIDS": str(settings.exporter_pids),
    }


def _service(installation: Installation, name: str, environment: Mapping[str, str]) -> Program:
    return Program(
        name=name,
        title=f"the service {name}",
        command=[sys.executable, "-m", f"vitrina_{name}"],
        environment={
            **SMALL_MEMORY,
            "VITRINA_HOST": LOOPBACK,
            "VITRINA_API_PORT": str(installation.ports[f"{name}_api"]),
            "VITRINA_INTERNAL_PORT": str(installation.ports[f"{name}_internal"]),
            "VITRINA_LOG_LEVEL": installation.settings.log_level,
            "VITRINA_JWKS_URL": installation.http("auth_api", "/api/auth/.well-known/jwks.json"),
            **environment,
        },
        health=installation.http(f"{name}_internal", "/health/ready"),
    )


def _database(installation: Installation, schema: str) -> Mapping[str, str]:
    return {
        "VITRINA_DATABASE_URL": database.url(installation, schema),
        "VITRINA_DATABASE_PASSWORD_FILE": str(installation.secrets[f"{schema}-database-password"]),
    }


def _bus(installation: Installation, user: str) -> Mapping[str, str]:
    return {
        "VITRINA_NATS_URL": f"nats://{installation.address('nats')}",
        "VITRINA_NATS_USER": user,
        "VITRINA_NATS_PASSWORD_FILE": str(installation.secrets[bus_password(user)]),
    }


def _polling(installation: Installation) -> Mapping[str, str]:
    settings = installation.settings
    return {
        "VITRINA_POLL_INTERVAL": str(settings.effective_poll_interval),
        "VITRINA_REQUEST_BUDGET": f"{settings.effective_request_budget:g}",
        "VITRINA_FRESH_SECONDS": str(settings.fresh_seconds),
    }
