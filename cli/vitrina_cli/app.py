"""The tree of commands."""

from collections.abc import Callable, Mapping
from typing import Annotated

import typer

from vitrina_cli.commands import (
    account,
    alerts,
    availability,
    config,
    devices,
    doctor,
    exporters,
    facts,
    machine,
    monitoring,
    notifications,
    operations,
    probe,
    reports,
    sources,
    transfer,
    users,
    webhooks,
    work,
)
from vitrina_cli.settings import load_settings

_EPILOG = (
    "Exit statuses: 0 done, 1 failed, 2 wrong command line, 3 not signed in, 4 not allowed, 5 not found, "
    "6 changed meanwhile, 7 the input does not fit, 8 not reachable, 9 differences (plan --exit-code)."
)

app = typer.Typer(
    name="vitrina",
    help="Vitrina's command line.",
    epilog=_EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # its tracebacks show values of variables, secrets among them
    context_settings={"help_option_names": ["-h", "--help"]},
)

for name, group in {
    "exporters": exporters.app,
    "sources": sources.app,
    "devices": devices.app,
    "facts": facts.app,
    "work": work.app,
    "webhooks": webhooks.app,
    "alerts": alerts.app,
    "silences": alerts.silences,
    "notifications": notifications.app,
    "windows": notifications.windows,
    "operations": operations.app,
    "availability": availability.app,
    "reports": reports.app,
    "users": users.app,
    "clients": users.clients,
    "tokens": account.tokens,
    "account": account.app,
    "audit": transfer.audit,
    "config": config.app,
}.items():
    app.add_typer(group, name=name)

_COMMANDS: Mapping[str, Callable[..., None]] = {
    "login": account.login,
    "logout": account.logout,
    "overview": devices.overview,
    "watch": devices.watch,
    "logs": exporters.logs,
    "export": transfer.export,
    "plan": transfer.plan,
    "apply": transfer.apply,
    "doctor": doctor.doctor,
    "probe": probe.probe,
    "backup": machine.backup,
    "restore": machine.restore,
    "upgrade": machine.upgrade,
    "monitoring": monitoring.monitoring,
}
for name, command in _COMMANDS.items():
    app.command(name)(command)


@app.callback()
def start(
    context: typer.Context,
    url: Annotated[
        str | None,
        typer.Option("--url", help="Where Vitrina is; else VITRINA_URL, the last sign-in, http://localhost:8080."),
    ] = None,
) -> None:
    """Vitrina: which screens are dark, since when, and why."""
    context.obj = load_settings(url)
