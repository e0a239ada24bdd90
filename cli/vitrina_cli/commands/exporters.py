"""`vitrina exporters`: what runs, and what should."""

import json
from typing import Annotated, Any, Final

import typer

from vitrina_cli.api import Api
from vitrina_cli.options import DryRun, Limit, Output, Revision, Yes, api_of, confirm, if_match, parse_texts
from vitrina_cli.output import Format, say, show, show_one, write

app = typer.Typer(help="Exporters: what runs, and what should.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Name of the exporter.")]
Labels = Annotated[list[str] | None, typer.Option("--label", help="name=value; all labels together, may repeat.")]
Shards = Annotated[int | None, typer.Option("--shards", min=1, help="Number of instances.")]

_COLUMNS: Final = {
    "NAME": "name",
    "TYPE": "type",
    "ENABLED": "enabled",
    "PHASE": "observed.phase",
    "REASON": "observed.reason",
    "SOURCES": "source_count",
    "SHARDS": "shards",
    "REVISION": "revision",
    "APPLIED": "observed.applied_revision",
}
_TYPES: Final = {"TYPE": "type", "TITLE": "title.en", "KIND": "kind", "ONLY ONE": "singleton"}
REVISIONS: Final = {"REVISION": "revision", "AT": "at", "ACTOR": "actor", "CHANGE": "change", "DIFF": "diff"}


@app.command("types")
def types(context: typer.Context, output: Output = Format.TABLE) -> None:
    """Types that an exporter can be of, with the schema of their sources (in JSON and YAML)."""
    with api_of(context) as api:
        show(api.read("GET /api/registry/v1/exporter-types")["items"], _TYPES, output)


@app.command("list")
def list_exporters(context: typer.Context, limit: Limit = None, output: Output = Format.TABLE) -> None:
    """All exporters, and how they do."""
    with api_of(context) as api:
        show(api.pages("GET /api/registry/v1/exporters", limit=limit), _COLUMNS, output)


@app.command("show")
def show_exporter(context: typer.Context, name: Name, output: Output = Format.TABLE) -> None:
    """One exporter."""
    with api_of(context) as api:
        show_one(api.read("GET /api/registry/v1/exporters/{name}", name=name), output)


@app.command("create")
def create(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="TYPE", help="As `vitrina exporters types` lists them.")],
    name: Annotated[str | None, typer.Option("--name", help="Unless given, the name of the type.")] = None,
    labels: Labels = None,
    shards: Shards = None,
    *,
    disabled: Annotated[bool, typer.Option("--disabled", help="Do not run it yet.")] = False,
    dry_run: DryRun = False,
    output: Output = Format.TABLE,
) -> None:
    """Makes an exporter, which then runs."""
    body: dict[str, Any] = {"type": kind, "name": name, "enabled": not disabled, **_chosen(labels, shards)}
    with api_of(context) as api:
        made = api.ask("POST /api/registry/v1/exporters", json=body, query={"dry_run": dry_run})
    show_one(made.json(), output)


@app.command("change")
def change(
    context: typer.Context,
    name: Name,
    labels: Labels = None,
    shards: Shards = None,
    *,
    enabled: Annotated[bool | None, typer.Option("--enable/--disable", help="Whether it should run.")] = None,
    revision: Revision = None,
    dry_run: DryRun = False,
    output: Output = Format.TABLE,
) -> None:
    """Changes what is given; the rest stays."""
    body = {**({} if enabled is None else {"enabled": enabled}), **_chosen(labels, shards)}
    with api_of(context) as api:
        changed = api.ask(
            "PATCH /api/registry/v1/exporters/{name}",
            name=name,
            json=body,
            headers=if_match(revision),
            query={"dry_run": dry_run},
        )
    show_one(changed.json(), output)


@app.command("delete")
def delete(
    context: typer.Context, name: Name, *, revision: Revision = None, dry_run: DryRun = False, yes: Yes = False
) -> None:
    """Stops and deletes an exporter with its sources."""
    confirm(f"Delete the exporter {name} with all its sources?", yes=yes or dry_run)
    with api_of(context) as api:
        api.ask(
            "DELETE /api/registry/v1/exporters/{name}",
            name=name,
            headers=if_match(revision),
            query={"dry_run": dry_run},
        )
    say(f"{name} can be deleted." if dry_run else f"{name} is deleted.")


@app.command("restart")
def restart(context: typer.Context, name: Name, *, dry_run: DryRun = False) -> None:
    """Starts it anew; its devices keep their last status meanwhile."""
    with api_of(context) as api:
        api.ask("POST /api/registry/v1/exporters/{name}/restart", name=name, query={"dry_run": dry_run})
    say(f"{name} can be restarted." if dry_run else f"{name} is being restarted.")


@app.command("diagnostics")
def diagnostics(context: typer.Context, name: Name, output: Output = Format.YAML) -> None:
    """All that helps to find out what is wrong with it, without any secret: to be attached to a question."""
    with api_of(context) as api:
        show_one(api.read("GET /api/registry/v1/exporters/{name}/diagnostics", name=name), output)


@app.command("history")
def history(context: typer.Context, name: Name, limit: Limit = None, output: Output = Format.TABLE) -> None:
    """Its revisions, the newest first."""
    with api_of(context) as api:
        show(api.pages("GET /api/registry/v1/exporters/{name}/revisions", name=name, limit=limit), REVISIONS, output)


@app.command("revert")
def revert(
    context: typer.Context,
    name: Name,
    to: Annotated[int, typer.Argument(help="The revision to return to.")],
    *,
    revision: Revision = None,
    dry_run: DryRun = False,
    output: Output = Format.TABLE,
) -> None:
    """Makes it what it was at an earlier revision."""
    with api_of(context) as api:
        answer = api.ask(
            "POST /api/registry/v1/exporters/{name}/revisions/{revision}/revert",
            name=name,
            revision=to,
            headers=if_match(revision),
            query={"dry_run": dry_run},
        )
    show_one(answer.json(), output)


def logs(
    context: typer.Context,
    name: Name,
    tail: Annotated[int, typer.Option("--tail", min=1, help="Number of lines.")] = 100,
    *,
    follow: Annotated[bool, typer.Option("--follow", help="Stay and write new lines until the exporter ends.")] = False,
) -> None:
    """The newest lines of an exporter's log."""
    with api_of(context) as api:
        if follow:
            _follow(api, name, tail)
            return
        lines = api.read("GET /api/registry/v1/exporters/{name}/logs", name=name, query={"tail": tail})["lines"]
    write("\n".join(lines))


def _follow(api: Api, name: str, tail: int) -> None:
    asked = api.stream("GET /api/registry/v1/exporters/{name}/logs/stream", {"tail": tail}, name=name)
    with asked as lines:
        kind = ""
        for line in lines:
            field, _, value = line.partition(":")
            if field == "event":
                kind = value.strip()
            elif field == "data" and kind == "line":
                write(json.loads(value))


def _chosen(labels: list[str] | None, shards: int | None) -> dict[str, Any]:
    given = {"labels": parse_texts(labels, "--label") if labels is not None else None, "shards": shards}
    return {name: value for name, value in given.items() if value is not None}
