"""`vitrina webhooks`: where changes of devices' status are sent."""

from typing import Annotated, Any, Final

import typer

from vitrina_cli.options import DryRun, Limit, Output, Revision, Yes, api_of, confirm, if_match
from vitrina_cli.output import Format, show, show_one

app = typer.Typer(help="Where changes of devices' status are sent.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Name of the webhook.")]
Sources = Annotated[
    list[str] | None, typer.Option("--source", help="Only devices of this source; may repeat. Without it: of all.")
]

_COLUMNS: Final = {
    "NAME": "name", "URL": "url", "SOURCES": "sources", "ENABLED": "enabled", "BEGINS": "begins_with",
}  # fmt: skip

_STATE: Final = {
    "NAME": "name", "STATE": "state", "WAITING": "waiting", "DELIVERED": "delivered", "SKIPPED": "skipped",
    "LAST": "last_delivered_at", "FAILING SINCE": "failing_since", "REASON": "reason", "NEXT TRY": "next_try_at",
}  # fmt: skip


@app.command("list")
def list_webhooks(context: typer.Context, limit: Limit = None, output: Output = Format.TABLE) -> None:
    """By name; secrets are not shown."""
    with api_of(context) as api:
        show(api.pages("GET /api/registry/v1/webhooks", limit=limit), _COLUMNS, output)


@app.command("show")
def show_webhook(context: typer.Context, name: Name, output: Output = Format.YAML) -> None:
    """One webhook, without its secret."""
    with api_of(context) as api:
        show_one(api.read("GET /api/registry/v1/webhooks/{name}", name=name), output)


@app.command("status")
def status(context: typer.Context, output: Output = Format.TABLE) -> None:
    """What waits, what was delivered, and why a receiver does not take it."""
    with api_of(context) as api:
        show(api.read("GET /api/v1/webhooks")["items"], _STATE, output)


@app.command("create")
def create(
    context: typer.Context,
    name: Name,
    url: Annotated[str, typer.Option("--url", help="Where events are sent, http or https.")],
    source: Sources = None,
    *,
    present: Annotated[bool, typer.Option("--present", help="Begin with the present status of every device.")] = False,
    output: Output = Format.YAML,
) -> None:
    """Makes one and shows its secret, this once."""
    body = {
        "name": name,
        "url": url,
        "sources": source or [],
        "begins_with": "present" if present else "changes",
    }
    with api_of(context) as api:
        show_one(api.ask("POST /api/registry/v1/webhooks", json=body).json(), output)


@app.command("change")
def change(
    context: typer.Context,
    name: Name,
    url: Annotated[str | None, typer.Option("--url")] = None,
    source: Sources = None,
    *,
    all_sources: Annotated[bool, typer.Option("--all-sources", help="Of all sources again.")] = False,
    enabled: Annotated[bool | None, typer.Option("--enable/--disable")] = None,
    revision: Revision = None,
    dry_run: DryRun = False,
    output: Output = Format.YAML,
) -> None:
    """Changes what is given; while it is disabled, events wait."""
    sources = [] if all_sources else source
    body: dict[str, Any] = {
        field: value for field, value in (("url", url), ("sources", sources), ("enabled", enabled)) if value is not None
    }
    with api_of(context) as api:
        answer = api.ask(
            "PATCH /api/registry/v1/webhooks/{name}",
            name=name,
            json=body,
            query={"dry_run": dry_run or None},
            headers=if_match(revision),
        )
    show_one(answer.json(), output)


@app.command("secret")
def secret(context: typer.Context, name: Name, output: Output = Format.YAML) -> None:
    """A new secret, shown this once; for a day events are signed with the former one, too."""
    with api_of(context) as api:
        show_one(api.ask("POST /api/registry/v1/webhooks/{name}/secret", name=name).json(), output)


@app.command("delete")
def delete(context: typer.Context, name: Name, *, revision: Revision = None, yes: Yes = False) -> None:
    """Nothing more is sent; what waits is dropped."""
    confirm(f"Delete the webhook {name}?", yes=yes)
    with api_of(context) as api:
        api.ask("DELETE /api/registry/v1/webhooks/{name}", name=name, headers=if_match(revision))
