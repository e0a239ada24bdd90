"""`vitrina doctor`: what is wrong, and the next step; on the machine itself everything, else what the API tells."""

import time
from email.utils import parsedate_to_datetime
from typing import Annotated, Final

import typer
from vitrina_embedded.doctor.containers import examine_containers
from vitrina_embedded.doctor.finding import Finding, State
from vitrina_embedded.doctor.machine import examine_machine
from vitrina_embedded.doctor.parts import STOPPED, examine_parts
from vitrina_embedded.home import Home
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.settings import load_settings

from vitrina_cli.api import Api
from vitrina_cli.failure import Exit, Failure
from vitrina_cli.options import Output
from vitrina_cli.output import Format, show
from vitrina_cli.settings import DEFAULT_URL

_COLUMNS: Final = {"STATE": "state", "WHAT": "subject", "FOUND": "found", "NEXT STEP": "step"}
_CLOCK_SECONDS: Final = 30
_GOOD_PHASES: Final = ("running", "stopped")


def doctor(
    context: typer.Context,
    *,
    remote: Annotated[bool, typer.Option("--remote", help="Ask the API only, not this machine.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Also what is right.")] = False,
    output: Output = Format.TABLE,
) -> None:
    """What is wrong and the next step: disk, clock, certificate, parts, exporters, sources. Changes nothing."""
    found = [] if remote else _here()
    if not any(each.subject == STOPPED for each in found):  # then there is nobody to ask
        with Api(context.obj, DEFAULT_URL if remote else _local_url()) as api:
            found += _over_the_api(api)
    listed = [each for each in found if everything or each.state is not State.OK]
    show([vars(each) for each in listed], _COLUMNS, output)
    wrong = sum(each.state is State.WRONG for each in found)
    if wrong:
        raise Failure(f"{wrong} of {len(found)} that were looked at are wrong.")


def _here() -> list[Finding]:
    """The embedded installation, or the containers of compose."""
    try:
        settings = load_settings()
    except Refusal as refusal:
        return [Finding("settings", State.WRONG, "cannot be read", str(refusal))]
    home = Home(settings.home)
    containers = [] if home.endpoints_file.exists() else examine_containers()
    return [*examine_machine(settings, home), *(containers or examine_parts(settings, home))]


def _local_url() -> str:
    """Of this machine's own installation: where to ask unless told otherwise."""
    try:
        return load_settings().url
    except Refusal:
        return DEFAULT_URL  # what is wrong with the settings is a finding already


def _over_the_api(api: Api) -> list[Finding]:
    """What one who is signed in may see."""
    try:
        overview = api.ask("GET /api/v1/overview")
        exporters = list(api.pages("GET /api/registry/v1/exporters"))
    except Failure as failure:
        if failure.status is Exit.NOT_SIGNED_IN:
            said = "not looked at: nobody is signed in"
            return [Finding("exporters", State.LOOK, said, f"`vitrina login` to {api.url}, then run this again.")]
        return [Finding("api", State.WRONG, str(failure).partition("\n")[0], "Run this on the machine itself.")]
    answered = overview.json()
    return [
        _clocks(overview.headers.get("Date", "")),
        _prometheus(answered),
        *(_exporter(each) for each in exporters),
        *(_source(each) for each in answered["sources"]),
    ]


def _clocks(date: str) -> Finding:
    apart = abs(parsedate_to_datetime(date).timestamp() - time.time()) if date else 0
    if apart > _CLOCK_SECONDS:
        step = "Let both machines keep their time (chrony or systemd-timesyncd)."
        return Finding("clocks", State.WRONG, f"this machine's and Vitrina's are {apart:.0f} s apart", step)
    return Finding("clocks", State.OK, "this machine's and Vitrina's agree")


def _prometheus(overview: dict[str, object]) -> Finding:
    if not overview["prometheus_up"]:
        said = f"the gateway cannot ask it; the list is {overview['stale_seconds']:.0f} s old"
        return Finding("prometheus", State.WRONG, said, "Look into its log on the machine.")
    return Finding("devices", State.OK, f"the list is of {overview['as_of']}")


def _exporter(exporter: dict[str, object]) -> Finding:
    name = f"exporter {exporter['name']}"
    observed = exporter["observed"]
    if not isinstance(observed, dict):
        return Finding(name, State.WRONG, "the orchestrator has said nothing of it", "Is the orchestrator up?")
    if observed["phase"] in _GOOD_PHASES:
        return Finding(name, State.OK, observed["phase"])
    said = ": ".join(filter(None, [observed["phase"], observed["reason"]]))
    return Finding(name, State.WRONG, said, f"Run `vitrina logs {exporter['name']}`.")


def _source(source: dict[str, object]) -> Finding:
    name = f"source {source['source']}"
    if not source["enabled"] or source["up"]:
        return Finding(name, State.OK, f"{source['devices']} devices" if source["enabled"] else "disabled")
    step = f"Run `vitrina sources test {source['exporter']} {source['source']}`."
    return Finding(name, State.WRONG, f"cannot be asked: {source['reason'] or 'not yet'}", step)
