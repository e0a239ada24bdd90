"""The table of processes: what the services (`service_processes`) stand on, what stands before and beside them.

With which settings each runs, and how it is asked whether it works.
"""

import sys
from typing import Final
from urllib.parse import urlsplit

from vitrina_embedded import configuration, postgres
from vitrina_embedded.demo_began import incident_began
from vitrina_embedded.downloads import TOOLS, from_environment, postgres_bin
from vitrina_embedded.installation import Installation
from vitrina_embedded.ports import LOOPBACK
from vitrina_embedded.secret_files import SIMULATOR_TOKEN
from vitrina_embedded.service_processes import SMALL_MEMORY
from vitrina_embedded.supervision import Program
from vitrina_embedded.templates import INFRA
from vitrina_embedded.web_build import DIST

PLATFORMS: Final = ("addreality", "cubicmedia")
EDGE: Final = "caddy"
INCIDENTS: Final = {"addreality": "flapper", "cubicmedia": "dark-site"}
"""What the demo's simulators make happen to their fleets."""


def foundation(installation: Installation) -> list[Program]:
    """What the services stand on; without a Prometheus of our own where others' is asked."""
    ours = [] if installation.settings.prometheus_url else [_prometheus(installation)]
    return [postgres_server(installation), _nats(installation), _alertmanager(installation), *ours]


def simulators(installation: Installation) -> list[Program]:
    """The demo's two vendors; none without the demo."""
    return [_simulator(installation, platform) for platform in PLATFORMS] if installation.settings.demo else []


def edge(installation: Installation) -> Program:
    """Caddy, the one that people reach."""
    settings = installation.settings
    host = "[::1]" if settings.bind.version == 6 else LOOPBACK  # noqa: PLR2004 - IP version 6
    local = urlsplit(settings.local_url)
    asked = host if settings.bind.is_unspecified else local.netloc.rpartition(":")[0]
    return Program(
        name=EDGE,
        title="Caddy",
        command=[
            str(from_environment("caddy")), "run",
            "--config", str(INFRA / "caddy" / "Caddyfile"), "--adapter", "caddyfile",
        ],
        environment={
            "VITRINA_PORT": str(settings.port),
            "VITRINA_BIND": str(settings.bind),
            **settings.edge_environment,
            "VITRINA_WEB_DIR": str(DIST),
            "VITRINA_EDGE_DIR": str(installation.home.folder("caddy")),
            "XDG_CONFIG_HOME": str(installation.home.folder("caddy")),
            "XDG_DATA_HOME": str(installation.home.folder("caddy")),
            "VITRINA_AUTH_UPSTREAM": installation.address("auth_api"),
            "VITRINA_REGISTRY_UPSTREAM": installation.address("registry_api"),
            "VITRINA_GATEWAY_UPSTREAM": installation.address("gateway_api"),
        },
        health=f"{local.scheme}://{asked}:{settings.port}/",
        certificate=settings.tls_cert,
        stop_seconds=5,
    )  # fmt: skip


def postgres_server(installation: Installation) -> Program:
    options = {
        "listen_addresses": LOOPBACK,
        "port": installation.ports["postgres"],
        "unix_socket_directories": "",
        "shared_buffers": "32MB",
        "max_connections": 60,
        "huge_pages": "off",
        "jit": "off",
        "io_method": "sync",
        "wal_level": "minimal",
        "max_wal_senders": 0,
        "max_wal_size": "256MB",
        "max_logical_replication_workers": 0,
        # Statements and details of errors can hold what is secret: neither goes to the log.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
    }
    home = installation.home
    return Program(
        name="postgres",
        title="PostgreSQL",
        command=[
            str(postgres_bin() / "postgres"), "-D", str(home.postgres),
            *(part for name, value in options.items() for part in ("-c", f"{name}={value}")),
        ],
        environment=postgres.environment(home),
        stop_signal="INT",  # a fast shutdown: sessions are ended, data is written
        stop_seconds=20,
        privileges=tuple(postgres.setpriv_options(home)),
    )  # fmt: skip


def _nats(installation: Installation) -> Program:
    return Program(
        name="nats",
        title="NATS",
        command=[str(from_environment("nats-server")), "--config", str(configuration.nats_file(installation))],
        environment={},
        health=installation.http("nats_monitor", "/healthz"),
    )


def _prometheus(installation: Installation) -> Program:
    settings = installation.settings
    return Program(
        name="prometheus",
        title="Prometheus",
        command=[
            str(installation.monitoring.prometheus),
            f"--config.file={configuration.prometheus_file(installation)}",
            f"--storage.tsdb.path={installation.home.folder('prometheus')}",
            f"--storage.tsdb.retention.time={settings.prometheus_retention}",
            f"--storage.tsdb.retention.size={settings.prometheus_retention_size}",
            f"--web.listen-address={installation.address('prometheus')}",
            "--web.enable-admin-api",  # for snapshots and the series of what was deleted; it listens on loopback
            "--rules.alert.resend-delay=15s",
            "--log.level=warn",
        ],
        environment={"GOGC": "50"},
        health=installation.http("prometheus", "/-/ready"),
        stop_seconds=20,
    )


def _alertmanager(installation: Installation) -> Program:
    return Program(
        name="alertmanager",
        title="Alertmanager",
        command=[
            str(installation.monitoring.alertmanager),
            f"--config.file={configuration.alertmanager_file(installation)}",
            f"--storage.path={installation.home.folder('alertmanager')}",
            f"--web.listen-address={installation.address('alertmanager')}",
            "--cluster.listen-address=",
            "--data.maintenance-interval=10s",  # what was sent is known after a kill, too
            "--log.level=warn",
        ],
        environment={},
        health=installation.http("alertmanager", "/-/ready"),
        directory=TOOLS,  # its templates lie below
    )


def _simulator(installation: Installation, platform: str) -> Program:
    settings = installation.settings
    options = {
        "host": installation.vendor_host,
        "port": installation.ports[f"{platform}_simulator"],
        "devices": settings.demo_devices,
        "flip-per-minute": f"{settings.demo_flips_per_minute:g}",
        **({"token-file": installation.secrets[SIMULATOR_TOKEN]} if platform == "addreality" else {}),
    }
    began = incident_began(installation.home)
    if began is not None:
        options |= {"incident": INCIDENTS[platform], "incident-began": began}
    arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    return Program(
        name=f"{platform}-simulator",
        title=f"the simulator of {platform}",
        command=[sys.executable, "-m", f"vitrina_{platform}.simulator", *arguments],
        environment=SMALL_MEMORY,
        health=installation.simulator(platform, "/control/requests"),
    )
