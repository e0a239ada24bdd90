"""`vitrina notifications`: who is told of alerts; and `vitrina windows`: regular times at which nobody is."""

import time
from typing import Annotated, Any, Final

import typer

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
    read_mapping,
)
from vitrina_cli.output import Format, say, show, show_one

app = typer.Typer(help="Who is told of alerts: receivers and routes.", no_args_is_help=True)
windows = typer.Typer(help="Maintenance windows: regular times at which some alerts ring nobody.", no_args_is_help=True)

File = Annotated[str, typer.Argument(help="YAML or JSON; - is stdin.")]
Name = Annotated[str, typer.Argument(help="Its name.")]

_TEST_SECONDS: Final = 40
_READ: Final = "GET /api/registry/v1/notifications"
_REVISIONS: Final = {"REVISION": "revision", "AT": "at", "BY": "actor", "CHANGE": "change", "DIFF": "diff"}
_WINDOWS: Final = {
    "NAME": "name", "DAYS": "days", "FROM": "from", "TILL": "till", "ZONE": "time_zone", "MATCHERS": "matchers",
    "ENABLED": "enabled", "COMMENT": "comment",
}  # fmt: skip


@app.command("show")
def show_notifications(context: typer.Context, output: Output = Format.YAML) -> None:
    """Receivers and routes, without secrets, and what is in effect. `vitrina notifications set` takes this back."""
    with api_of(context) as api:
        show_one(api.read(_READ), output)


@app.command("set")
def set_notifications(
    context: typer.Context, file: File, *, revision: Revision = None, dry_run: DryRun = False
) -> None:
    """Receivers and routes from a file. A secret that is written as it is shown stays."""
    document = read_mapping(file)
    body = {name: document[name] for name in ("receivers", "routes") if name in document}
    with api_of(context) as api:
        answer = api.ask(
            "PUT /api/registry/v1/notifications",
            json=body,
            query={"dry_run": dry_run or None},
            headers=if_match(revision),
        )
    what = answer.json()
    say(f"{'Would be' if dry_run else 'Is'} set: {len(what['receivers'])} receivers, {len(what['routes'])} routes.")


@app.command("test")
def test(context: typer.Context, receiver: Annotated[str, typer.Argument(help="Name of the receiver.")]) -> None:
    """Sends a message to it and says whether it was delivered."""
    with api_of(context) as api:
        asked = api.ask("POST /api/registry/v1/notifications/receivers/{name}/test", name=receiver).json()
        ends = time.monotonic() + _TEST_SECONDS
        while time.monotonic() < ends:
            outcome = _outcome(api.read(_READ), receiver, asked["asked_at"])
            if outcome != "waiting":
                break
            time.sleep(1)
    if outcome in {"waiting", "failed"}:
        raise Failure(f"The message to {receiver} was not delivered: look into the log of Alertmanager.")
    say("Delivered." if outcome == "delivered" else "Sent; whether it was delivered was not seen.")


@app.command("history")
def history(context: typer.Context, limit: Limit = 20, output: Output = Format.TABLE) -> None:
    """What was changed, the newest first."""
    with api_of(context) as api:
        show(api.pages("GET /api/registry/v1/notifications/revisions", limit=limit), _REVISIONS, output)


@app.command("revert")
def revert(
    context: typer.Context,
    to: Annotated[int, typer.Argument(help="The revision to return to.")],
    *,
    revision: Revision = None,
    yes: Yes = False,
) -> None:
    """As they were at a revision, with the present secrets."""
    confirm(f"Return to revision {to}?", yes=yes)
    operation = "POST /api/registry/v1/notifications/revisions/{revision}/revert"
    with api_of(context) as api:
        api.ask(operation, revision=to, headers=if_match(revision))
    say(f"Receivers and routes are those of revision {to}.")


@windows.command("list")
def list_windows(context: typer.Context, output: Output = Format.TABLE) -> None:
    """By name."""
    with api_of(context) as api:
        show(api.read("GET /api/registry/v1/windows")["items"], _WINDOWS, output)


@windows.command("show")
def show_window(context: typer.Context, name: Name, output: Output = Format.YAML) -> None:
    """One window, in the form that `create` and `change` take."""
    with api_of(context) as api:
        show_one(api.read("GET /api/registry/v1/windows/{name}", name=name), output)


@windows.command("create")
def create_window(context: typer.Context, file: File, *, dry_run: DryRun = False, output: Output = Format.YAML) -> None:
    """From a file: name, matchers, days, from, till, time_zone, comment."""
    body = _window(file)
    with api_of(context) as api:
        answer = api.ask("POST /api/registry/v1/windows", json=body, query={"dry_run": dry_run or None})
    show_one(answer.json(), output)


@windows.command("change")
def change_window(
    context: typer.Context,
    name: Name,
    file: File,
    *,
    revision: Revision = None,
    dry_run: DryRun = False,
    output: Output = Format.YAML,
) -> None:
    """As a whole, from a file."""
    body = {field: value for field, value in _window(file).items() if field != "name"}
    with api_of(context) as api:
        answer = api.ask(
            "PUT /api/registry/v1/windows/{name}",
            name=name,
            json=body,
            query={"dry_run": dry_run or None},
            headers=if_match(revision),
        )
    show_one(answer.json(), output)


@windows.command("matches")
def matches(context: typer.Context, file: File, output: Output = Format.TABLE) -> None:
    """How many alerts fire now, and how many devices there are, that its matchers fit."""
    with api_of(context) as api:
        answer = api.ask("POST /api/v1/silences/matches", json={"matchers": _window(file).get("matchers", [])})
    show_one(answer.json(), output)


@windows.command("delete")
def delete_window(context: typer.Context, name: Name, *, revision: Revision = None, yes: Yes = False) -> None:
    """What it silences now rings again within a minute."""
    confirm(f"Delete the maintenance window {name}?", yes=yes)
    with api_of(context) as api:
        api.ask("DELETE /api/registry/v1/windows/{name}", name=name, headers=if_match(revision))
    say(f"The maintenance window {name} is deleted.")


def _outcome(shown: dict[str, Any], receiver: str, asked_at: str) -> str:
    found = [test for test in shown["tests"] if test["receiver"] == receiver]
    if not found or found[0]["asked_at"] != asked_at:
        raise Failure("Somebody else has sent a test to it meanwhile: ask again.", Exit.CONFLICT)
    outcome: str = found[0]["outcome"]
    return outcome


def _window(file: str) -> dict[str, Any]:
    told = {"revision", "updated_at", "updated_by"}
    return {field: value for field, value in read_mapping(file).items() if field not in told}
