"""`vitrina alerts` and `vitrina silences`."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

import typer

from vitrina_cli.failure import Exit, Failure
from vitrina_cli.options import Output, api_of
from vitrina_cli.output import Format, say, show, show_one

app = typer.Typer(help="Alerts that fire now.", no_args_is_help=True)
silences = typer.Typer(help="Silences: what rings nobody for a while.", no_args_is_help=True)

_ALERTS: Final = {
    "NAME": "name", "SEVERITY": "severity", "STATE": "state", "SINCE": "starts_at", "SOURCE": "labels.source",
    "SUMMARY": "annotations.summary", "SILENCED BY": "silenced_by",
}  # fmt: skip
_SILENCES: Final = {
    "ID": "id", "STATE": "state", "MATCHERS": "matchers", "UNTIL": "ends_at", "BY": "created_by", "ALERTS": "alerts",
    "COMMENT": "comment",
}  # fmt: skip
_MATCHER: Final = re.compile(r"([A-Za-z_]\w*)(=~|!~|!=|=)(.*)", re.DOTALL)
_DURATION: Final = re.compile(r"(\d+)([mhd])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}


@app.command("list")
def list_alerts(context: typer.Context, output: Output = Format.TABLE) -> None:
    """Alerts of your sources."""
    with api_of(context) as api:
        show(api.read("GET /api/v1/alerts")["items"], _ALERTS, output)


@silences.command("list")
def list_silences(context: typer.Context, output: Output = Format.TABLE) -> None:
    """Silences, those that ended lately, too."""
    with api_of(context) as api:
        show(api.read("GET /api/v1/silences")["items"], _SILENCES, output)


@silences.command("create")
def create(
    context: typer.Context,
    matchers: Annotated[list[str], typer.Argument(help='name=value, or with !=, =~, !~: source=lobby "name=~Shop.*"')],
    duration: Annotated[str, typer.Option("--for", help="Like 30m, 2h, 1d.")],
    comment: Annotated[str, typer.Option("--comment", help="Why.")],
    replaces: Annotated[str | None, typer.Option("--replaces", help="Id of one that this is instead of.")] = None,
    output: Output = Format.TABLE,
) -> None:
    """Silences the alerts that fit all matchers, from now on. Managers name one of their sources."""
    body = {
        "matchers": [_matcher(text) for text in matchers],
        "ends_at": (datetime.now(UTC) + _duration(duration)).isoformat(),
        "comment": comment,
        "replaces": replaces,
    }
    with api_of(context) as api:
        show_one(api.ask("POST /api/v1/silences", json=body).json(), output)


@silences.command("end")
def end(context: typer.Context, silence_id: Annotated[str, typer.Argument(help="Its id.")]) -> None:
    """Ends a silence now."""
    with api_of(context) as api:
        api.ask("DELETE /api/v1/silences/{silence_id}", silence_id=silence_id)
    say("The silence is ended.")


def _matcher(text: str) -> dict[str, Any]:
    found = _MATCHER.fullmatch(text)
    if found is None:
        raise Failure(f"{text}: write a matcher as name=value, or with !=, =~, !~.", Exit.USAGE)
    name, sign, value = found.groups()
    return {"name": name, "value": value, "is_regex": "~" in sign, "is_equal": not sign.startswith("!")}


def _duration(text: str) -> timedelta:
    found = _DURATION.fullmatch(text)
    if found is None:
        raise Failure(f"--for {text}: write it like 30m, 2h or 1d.", Exit.USAGE)
    return timedelta(**{_UNITS[found.group(2)]: int(found.group(1))})
