"""`vitrina sources`: accounts at vendors, and which of their devices are watched."""

from typing import Annotated, Any, Final

import typer

from vitrina_cli.commands import source_devices
from vitrina_cli.commands.exporters import REVISIONS
from vitrina_cli.failure import Exit, Failure
from vitrina_cli.options import (
    DryRun,
    Limit,
    Output,
    Revision,
    Yes,
    api_of,
    confirm,
    if_match,
    parse_pairs,
    parse_texts,
    read_mapping,
    read_secrets,
)
from vitrina_cli.output import Format, say, show, show_one

app = typer.Typer(help="Sources: accounts at vendors.", no_args_is_help=True)
app.add_typer(source_devices.app, name="devices")

Exporter = source_devices.Exporter
Source = source_devices.Source
ConfigFile = Annotated[str | None, typer.Option("--config", help="YAML or JSON file with the fields; - is stdin.")]
Fields = Annotated[list[str] | None, typer.Option("--set", help="field=value; the value as YAML, may repeat.")]
SecretFiles = Annotated[
    list[str] | None, typer.Option("--secret-file", help="field=file: a secret is the file's first line.")
]
AskedSecrets = Annotated[list[str] | None, typer.Option("--ask-secret", help="Field to be typed, unseen.")]
Labels = Annotated[list[str] | None, typer.Option("--label", help="name=value; all labels together, may repeat.")]

_COLUMNS: Final = {
    "NAME": "name",
    "EXPORTER": "exporter",
    "ENABLED": "enabled",
    "UP": "observed.up",
    "REASON": "observed.reason",
    "DEVICES": "observed.devices",
    "LAST SUCCESS": "observed.last_success_at",
    "CYCLE S": "cycle_seconds",
    "REVISION": "revision",
}


@app.command("list")
def list_sources(
    context: typer.Context,
    exporter: Annotated[str | None, typer.Argument(help="Of this exporter; of all unless given.")] = None,
    output: Output = Format.TABLE,
) -> None:
    """Sources, and whether their vendors answer."""
    with api_of(context) as api:
        exporters = api.pages("GET /api/registry/v1/exporters") if exporter is None else [{"name": exporter}]
        sources = [
            source
            for each in exporters
            for source in api.pages("GET /api/registry/v1/exporters/{name}/sources", name=each["name"])
        ]
    show(sources, _COLUMNS, output)


@app.command("show")
def show_source(context: typer.Context, exporter: Exporter, source: Source, output: Output = Format.YAML) -> None:
    """One source; of its secrets only that they are set."""
    with api_of(context) as api:
        found = api.read("GET /api/registry/v1/exporters/{name}/sources/{source}", name=exporter, source=source)
    show_one(found, output)


@app.command("create")
def create(
    context: typer.Context,
    exporter: Exporter,
    source: Source,
    config: ConfigFile = None,
    fields: Fields = None,
    secret_files: SecretFiles = None,
    asked_secrets: AskedSecrets = None,
    labels: Labels = None,
    *,
    disabled: Annotated[bool, typer.Option("--disabled", help="Do not poll it yet.")] = False,
    dry_run: DryRun = False,
    output: Output = Format.YAML,
) -> None:
    """Connects an account. `vitrina sources test` tries it first."""
    body = {
        "name": source,
        "config": config_of(config, fields, secret_files, asked_secrets),
        "enabled": not disabled,
        "labels": parse_texts(labels or [], "--label"),
    }
    with api_of(context) as api:
        made = api.ask(
            "POST /api/registry/v1/exporters/{name}/sources", name=exporter, json=body, query={"dry_run": dry_run}
        )
    show_one(made.json(), output)


@app.command("change")
def change(
    context: typer.Context,
    exporter: Exporter,
    source: Source,
    config: ConfigFile = None,
    fields: Fields = None,
    secret_files: SecretFiles = None,
    asked_secrets: AskedSecrets = None,
    labels: Labels = None,
    *,
    enabled: Annotated[bool | None, typer.Option("--enable/--disable", help="Whether it is polled.")] = None,
    revision: Revision = None,
    dry_run: DryRun = False,
    output: Output = Format.YAML,
) -> None:
    """Changes what is given; the rest stays, secrets too."""
    body: dict[str, Any] = {} if enabled is None else {"enabled": enabled}
    if labels is not None:
        body["labels"] = parse_texts(labels, "--label")
    if given := config_of(config, fields, secret_files, asked_secrets):
        body["config"] = given
    with api_of(context) as api:
        if "config" in body:
            kept = api.read("GET /api/registry/v1/exporters/{name}/sources/{source}", name=exporter, source=source)
            body["config"] = {**kept["config"], **body["config"]}
        changed = api.ask(
            "PATCH /api/registry/v1/exporters/{name}/sources/{source}",
            name=exporter,
            source=source,
            json=body,
            headers=if_match(revision),
            query={"dry_run": dry_run},
        )
    show_one(changed.json(), output)


@app.command("delete")
def delete(
    context: typer.Context,
    exporter: Exporter,
    source: Source,
    *,
    revision: Revision = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Deletes a source; its devices go with it."""
    confirm(f"Delete the source {source} with its credentials and devices?", yes=yes or dry_run)
    with api_of(context) as api:
        api.ask(
            "DELETE /api/registry/v1/exporters/{name}/sources/{source}",
            name=exporter,
            source=source,
            headers=if_match(revision),
            query={"dry_run": dry_run},
        )
    say(f"{source} can be deleted." if dry_run else f"{source} is deleted.")


@app.command("test")
def try_source(
    context: typer.Context,
    exporter: Exporter,
    source: Annotated[str | None, typer.Argument(help="A saved one, changed by the options; none: a new one.")] = None,
    config: ConfigFile = None,
    fields: Fields = None,
    secret_files: SecretFiles = None,
    asked_secrets: AskedSecrets = None,
    output: Output = Format.YAML,
) -> None:
    """Asks the vendor once, read-only, and saves nothing. Fails when the vendor does not answer as it should."""
    given = config_of(config, fields, secret_files, asked_secrets)
    with api_of(context) as api:
        if source is None:
            answer = api.ask(
                "POST /api/registry/v1/exporters/{name}/sources/test", name=exporter, json={"config": given}
            )
        else:
            answer = api.ask(
                "POST /api/registry/v1/exporters/{name}/sources/{source}/test",
                name=exporter,
                source=source,
                json={"config": given or None},
            )
    found = answer.json()
    show_one(found, output)
    if not found["ok"]:
        raise Failure(f"The vendor cannot be asked: {found['error']['detail']}", Exit.FAILED)


@app.command("history")
def history(
    context: typer.Context, exporter: Exporter, source: Source, limit: Limit = None, output: Output = Format.TABLE
) -> None:
    """Its revisions, the newest first."""
    operation = "GET /api/registry/v1/exporters/{name}/sources/{source}/revisions"
    with api_of(context) as api:
        show(api.pages(operation, name=exporter, source=source, limit=limit), REVISIONS, output)


@app.command("revert")
def revert(
    context: typer.Context,
    exporter: Exporter,
    source: Source,
    to: Annotated[int, typer.Argument(help="The revision to return to.")],
    *,
    revision: Revision = None,
    dry_run: DryRun = False,
    output: Output = Format.YAML,
) -> None:
    """Makes it what it was at an earlier revision; credentials stay the present ones."""
    with api_of(context) as api:
        answer = api.ask(
            "POST /api/registry/v1/exporters/{name}/sources/{source}/revisions/{revision}/revert",
            name=exporter,
            source=source,
            revision=to,
            headers=if_match(revision),
            query={"dry_run": dry_run},
        )
    show_one(answer.json(), output)


def config_of(
    file: str | None, fields: list[str] | None, secret_files: list[str] | None, asked: list[str] | None
) -> dict[str, Any]:
    """Fields of a source: of the file, then of the options."""
    return {
        **(read_mapping(file) if file else {}),
        **parse_pairs(fields or [], "--set"),
        **read_secrets(secret_files or [], asked or []),
    }
