"""`vitrina reports`: availability by e-mail, each week or month."""

from typing import Annotated, Any, Final

import typer

from vitrina_cli.api import Api
from vitrina_cli.options import DryRun, Limit, Output, Revision, Yes, api_of, confirm, if_match
from vitrina_cli.output import Format, say, show, show_one

app = typer.Typer(help="Availability by e-mail, each week or month.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Name of the report.")]
To = Annotated[list[str] | None, typer.Option("--to", help="Address; may repeat.")]
EveryDay = Annotated[int | None, typer.Option("--day", help="Of the week, 1 (Monday) to 7; of the month, 1 to 28.")]
Hour = Annotated[int | None, typer.Option("--hour", help="By the clock of the time zone.")]
Zone = Annotated[str | None, typer.Option("--time-zone", help="Like Europe/Moscow.")]
Group = Annotated[str | None, typer.Option("--group", help="source, site or device.")]
Sources = Annotated[list[str] | None, typer.Option("--source", help="Of this source; may repeat. Without it: of all.")]
Language = Annotated[str | None, typer.Option("--language", help="en or ru.")]

_ONE: Final = "GET /api/registry/v1/reports/{name}"
_COLUMNS: Final = {
    "NAME": "name", "EVERY": "every", "DAY": "day", "HOUR": "hour", "ZONE": "time_zone", "GROUP": "group",
    "SOURCES": "sources", "TO": "recipients", "ENABLED": "enabled", "LAST": "last_sending.state",
    "REASON": "last_sending.reason",
}  # fmt: skip
_SENDINGS: Final = {
    "DUE": "due_at", "FIRST": "first", "LAST": "last", "STATE": "state", "TRIES": "attempts", "SENT": "sent_at",
    "NEXT": "next_at", "REASON": "reason", "ASKED BY": "asked_by",
}  # fmt: skip
_VIEW: Final = {"name", "revision", "updated_at", "updated_by", "last_sending"}
"""What is shown and not set."""


@app.command("list")
def list_reports(context: typer.Context, limit: Limit = None, output: Output = Format.TABLE) -> None:
    """By name, and what became of the last sending."""
    with api_of(context) as api:
        show(api.pages("GET /api/registry/v1/reports", limit=limit), _COLUMNS, output)


@app.command("show")
def show_report(context: typer.Context, name: Name, output: Output = Format.YAML) -> None:
    with api_of(context) as api:
        show_one(api.read(_ONE, name=name), output)


@app.command("create")
def create(
    context: typer.Context,
    name: Name,
    to: To,
    time_zone: Zone,
    every: Annotated[str, typer.Option("--every", help="week or month.")] = "week",
    day: EveryDay = None,
    hour: Hour = None,
    group: Group = None,
    source: Sources = None,
    language: Language = None,
    *,
    dry_run: DryRun = False,
    output: Output = Format.YAML,
) -> None:
    """Sent first at its next time from now on."""
    body = {"name": name, "every": every} | _given(
        recipients=to, time_zone=time_zone, day=day, hour=hour, group=group, sources=source, language=language
    )
    with api_of(context) as api:
        answer = api.ask("POST /api/registry/v1/reports", json=body, query={"dry_run": dry_run or None})
    show_one(answer.json(), output)


@app.command("change")
def change(
    context: typer.Context,
    name: Name,
    to: To = None,
    time_zone: Zone = None,
    every: Annotated[str | None, typer.Option("--every", help="week or month.")] = None,
    day: EveryDay = None,
    hour: Hour = None,
    group: Group = None,
    source: Sources = None,
    language: Language = None,
    *,
    all_sources: Annotated[bool, typer.Option("--all-sources", help="Of all sources again.")] = False,
    revision: Revision = None,
    dry_run: DryRun = False,
    output: Output = Format.YAML,
) -> None:
    """Changes what is given; lists are replaced."""
    sources = [] if all_sources else source
    given = _given(
        recipients=to,
        time_zone=time_zone,
        every=every,
        day=day,
        hour=hour,
        group=group,
        sources=sources,
        language=language,
    )
    with api_of(context) as api:
        show_one(_put(api, name, given, revision, dry_run=dry_run), output)


@app.command("pause")
def pause(context: typer.Context, name: Name) -> None:
    """Nothing is sent until it is resumed, and nothing is made up for then."""
    with api_of(context) as api:
        _put(api, name, {"enabled": False}, None, dry_run=False)
    say(f"{name} is paused.")


@app.command("resume")
def resume(context: typer.Context, name: Name) -> None:
    """Sent again, at its next time from now on."""
    with api_of(context) as api:
        _put(api, name, {"enabled": True}, None, dry_run=False)
    say(f"{name} is sent again.")


@app.command("send")
def send(context: typer.Context, name: Name, output: Output = Format.YAML) -> None:
    """Now, about the days before today; `vitrina reports sendings` tells what became of it."""
    with api_of(context) as api:
        show_one(api.ask("POST /api/registry/v1/reports/{name}/send", name=name).json(), output)


@app.command("sendings")
def sendings(
    context: typer.Context,
    name: Name,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, help="At most so many.")] = 20,
    output: Output = Format.TABLE,
) -> None:
    """The newest first, with the reason of what failed."""
    with api_of(context) as api:
        found = api.read("GET /api/registry/v1/reports/{name}/sendings", name=name, query={"limit": limit})
    show(found["items"], _SENDINGS, output)


@app.command("delete")
def delete(context: typer.Context, name: Name, *, revision: Revision = None, yes: Yes = False) -> None:
    confirm(f"Delete the report {name}?", yes=yes)
    with api_of(context) as api:
        api.ask("DELETE /api/registry/v1/reports/{name}", name=name, headers=if_match(revision))


def _put(api: Api, name: str, given: dict[str, Any], revision: int | None, *, dry_run: bool) -> dict[str, Any]:
    """Refused when somebody changed it since it was read here, or since `revision`."""
    present = api.read(_ONE, name=name)
    body = {field: value for field, value in present.items() if field not in _VIEW} | given
    answer = api.ask(
        "PUT /api/registry/v1/reports/{name}",
        name=name,
        json=body,
        query={"dry_run": dry_run or None},
        headers=if_match(present["revision"] if revision is None else revision),
    )
    changed: dict[str, Any] = answer.json()
    return changed


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
