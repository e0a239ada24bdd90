"""`make up`: from whatever state this machine is in to a running system, or one sentence and nothing left running."""

import json
import shutil
from collections.abc import Callable, Mapping
from typing import Final

from vitrina_embedded import configuration, demo, downloads, postgres, processes, service_processes, web_build
from vitrina_embedded.database import prepare_database
from vitrina_embedded.demo import DemoPast
from vitrina_embedded.demo_began import begin_incident
from vitrina_embedded.down import stop_everything
from vitrina_embedded.exclusion import alone
from vitrina_embedded.exporter_runtime import ExporterRuntime, plan_runtime, prepare_runtime
from vitrina_embedded.home import Home, read_json, write_private
from vitrina_embedded.installation import Installation
from vitrina_embedded.migration import is_migrated, migrate
from vitrina_embedded.nats_store import adopt_streams
from vitrina_embedded.network import check_exposure
from vitrina_embedded.ports import check_public_port, choose_ports
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.secret_files import ADMIN_PASSWORD, bus_password, ensure_secrets
from vitrina_embedded.settings import Settings
from vitrina_embedded.steps import Steps
from vitrina_embedded.supervision import Supervisor
from vitrina_embedded.upgrade.returning import give_back_before_start
from vitrina_embedded.upgrade.waiting_edge import edge_waits
from vitrina_embedded.waiting import wait_until_healthy

ROOM_NEEDED_MB: Final = 1024
FOUNDATION_SECONDS: Final = 90
SERVICES_SECONDS: Final = 120
_STEPS: Final = 8


def up(settings: Settings) -> None:
    """Brings everything up and says how to use it.

    Raises:
        Refusal: something is in the way; nothing is left running.
    """
    home = Home(settings.home)
    home.prepare()
    with alone(home):
        give_back_before_start(home)
        if home.ready_file.exists() and Supervisor(home).is_running():
            _say_running(home)
            return
        try:
            start(settings, home)
        except BaseException:
            stop_everything(home)
            raise


def start(settings: Settings, home: Home, before_people: Callable[[], None] | None = None) -> None:
    """For whoever is alone with this home. `before_people` is called when all works but what people reach.

    Raises:
        Refusal: something is in the way.
    """
    steps = Steps(_STEPS)
    first = not home.state_file.exists()
    with steps.step("Look at this machine"):
        stop_everything(home)  # what an earlier run that was killed has left
        _check_room(home)
        check_exposure(settings)
        if not edge_waits(home):  # it shares its port
            check_public_port(str(settings.bind), settings.port)
        plan = plan_runtime(settings)
    monitoring = downloads.find_monitoring()
    with steps.step("Find Prometheus and Alertmanager" if monitoring else "Fetch Prometheus and Alertmanager"):
        monitoring = monitoring or downloads.fetch_monitoring()
        if first:
            downloads.fetch_exporters()
    with steps.step(
        "Find the web UI built" if web_build.is_built() else "Build the web UI (a minute at the first time)"
    ):
        web_build.build(home)
    password = settings.admin_password.get_secret_value() if settings.admin_password else None
    secrets = ensure_secrets(home, password, subscribers=settings.nats_subscribers)
    with steps.step(plan.title):
        runtime = prepare_runtime(plan, settings, home)
    ports = choose_ports(home, reserved={settings.port})
    installation = Installation(settings, home, ports, secrets, monitoring, runtime.containers)
    past = DemoPast(installation) if begin_incident(settings, home) else None
    _start_processes(installation, steps, past, before_people)
    with steps.step(_demo_title(settings, past)):
        notes = _connect_demo(installation, past) if settings.demo else []
    write_private(home.endpoints_file, json.dumps(_endpoints(installation, runtime), indent=2) + "\n")
    write_private(home.ready_file, json.dumps({"url": settings.url}) + "\n")
    _remember(home, started=True)
    if settings.prometheus_url:
        notes.append(f"{settings.prometheus_url} is asked; what is off then, `vitrina monitoring` says.")
    for note in notes:
        steps.note(note)
    _say_started(installation, steps, runtime, first=first)


def _demo_title(settings: Settings, past: DemoPast | None) -> str:
    if past is not None:
        return "Connect the demo's vendors, with a day of past and an incident"
    return "Connect the demo's two vendors" if settings.demo else "Leave the demo out"


def _connect_demo(installation: Installation, past: DemoPast | None) -> list[str]:
    if past is None:
        return demo.ensure_sources(installation)
    notes = past.connect()
    gateway = service_processes.gateway(installation)
    supervisor = Supervisor(installation.home)
    supervisor.start([gateway.name])
    wait_until_healthy(supervisor, [gateway], installation.home, seconds=SERVICES_SECONDS)
    return notes


def _start_processes(
    installation: Installation, steps: Steps, past: DemoPast | None, before_people: Callable[[], None] | None
) -> None:
    """With a past, the gateway waits for it."""
    home = installation.home
    supervisor = Supervisor(home)
    foundation, services = processes.foundation(installation), service_processes.services(installation)
    simulators, edge = processes.simulators(installation), processes.edge(installation)
    with steps.step("Start PostgreSQL, NATS, Prometheus and Alertmanager"):
        configuration.write_configuration(installation)
        adopt_streams(home.folder("nats"))
        postgres.create_cluster(home, installation.secrets["postgres-password"])
        supervisor.launch([*foundation, *services, *simulators, edge])
        if past is not None:
            past.measure()
        supervisor.start(program.name for program in foundation)
        prepare_database(installation, seconds=FOUNDATION_SECONDS)
        wait_until_healthy(supervisor, foundation, home, seconds=FOUNDATION_SECONDS)
    known = is_migrated(installation)
    with steps.step("Find the database at this version" if known else "Bring the database to this version"):
        migrate(installation)
    with steps.step("Start Vitrina"):
        now = [*(each for each in services if past is None or each.name != service_processes.GATEWAY), *simulators]
        # With an upgrade, another edge keeps people's requests until all is there.
        groups = [now, [edge]] if edge_waits(home) else [[*now, edge]]
        for group in groups:
            if edge in group and before_people is not None:
                before_people()
            supervisor.start(program.name for program in group)
            wait_until_healthy(supervisor, group, home, seconds=SERVICES_SECONDS)


def _check_room(home: Home) -> None:
    free = shutil.disk_usage(home.path).free // 2**20
    if free < ROOM_NEEDED_MB:
        raise Refusal(
            f"The disk of {home.path} has {free} MB left and Vitrina needs {ROOM_NEEDED_MB}: free some space, or set "
            "VITRINA_HOME to a folder on another disk."
        )


def _remember(home: Home, **facts: object) -> None:
    write_private(home.state_file, json.dumps({**read_json(home.state_file), **facts}, indent=2) + "\n")


def _endpoints(installation: Installation, runtime: ExporterRuntime) -> Mapping[str, object]:
    """Addresses of every part, and where the secrets to use them lie."""
    secrets = installation.secrets
    simulators = {platform: installation.simulator(platform) for platform in processes.PLATFORMS}
    return {
        "url": installation.settings.url,
        "username": "admin",
        "password_file": str(secrets[ADMIN_PASSWORD]),
        "nats": {
            "url": f"nats://{installation.address('nats')}",
            "user": "subscriber",
            "password_file": str(secrets[bus_password("subscriber")]),
            "monitor": installation.http("nats_monitor"),
            "subscribers": {name: str(secrets[bus_password(name)]) for name in installation.settings.nats_subscribers},
        },
        "postgres": {"address": installation.address("postgres"), "database": "vitrina"},
        "prometheus": installation.prometheus,
        "alertmanager": installation.http("alertmanager"),
        "services": {
            name: {"api": installation.http(f"{name}_api"), "internal": installation.http(f"{name}_internal")}
            for name in ("auth", "registry", "orchestrator", "gateway")
        },
        "exporters": {"runtime": runtime.name, "reason": runtime.reason},
        "simulators": simulators if installation.settings.demo else {},
        "secrets": str(installation.home.secrets),
        "logs": str(installation.home.logs),
    }


def _say_started(installation: Installation, steps: Steps, runtime: ExporterRuntime, *, first: bool) -> None:
    password_file = installation.secrets[ADMIN_PASSWORD]
    earlier = f"the one of the first start (in {password_file}), unless you changed it"
    password = password_file.read_text("utf-8").strip() if first else earlier
    kept = f"\n            (kept in {password_file}; change it after signing in)" if first else ""
    steps.say(f"""
Vitrina is running.

  Address   {installation.settings.url}
  Login     admin
  Password  {password}{kept}
  Exporters {runtime.title}

  Stop      make down     (data stays)
  Wipe      make wipe     (deletes data, logs and secrets)
  Logs      {installation.home.logs}""")


def _say_running(home: Home) -> None:
    print(f"Vitrina is running already: {read_json(home.ready_file).get('url')} (`make down` stops it).")
