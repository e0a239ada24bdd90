"""`vitrina users` and `vitrina clients`: who may do what. Needs a sign-in: no API token reaches accounts."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from vitrina_cli.options import Limit, Output, Revision, Yes, api_of, confirm, if_match
from vitrina_cli.output import Format, say, show, show_one
from vitrina_cli.settings import read_secret

app = typer.Typer(help="Users: people, their roles and sources.", no_args_is_help=True)
clients = typer.Typer(help="Service clients: other systems that sign in.", no_args_is_help=True)

Username = Annotated[str, typer.Argument(help="Name of the user.")]
ClientId = Annotated[str, typer.Argument(help="As `vitrina clients list` shows it.")]
Sources = Annotated[list[str] | None, typer.Option("--source", help="Name of a source, * for all; may repeat.")]
PasswordFile = Annotated[Path | None, typer.Option("--password-file", help="The password is its first line.")]

_USERS: Final = {
    "USERNAME": "username", "ROLE": "role", "SOURCES": "sources", "DISABLED": "disabled", "INVITED": "invited",
    "SECOND FACTOR": "second_factor", "LAST SIGN-IN": "last_sign_in_at",
}  # fmt: skip
_CLIENTS: Final = {
    "CLIENT ID": "client_id", "NAME": "name", "ROLE": "role", "SCOPE": "scope", "SOURCES": "sources",
    "LAST USED": "last_used_at",
}  # fmt: skip


@app.command("list")
def list_users(context: typer.Context, limit: Limit = None, output: Output = Format.TABLE) -> None:
    """Everybody."""
    with api_of(context) as api:
        show(api.pages("GET /api/auth/users", limit=limit), _USERS, output)


@app.command("show")
def show_user(context: typer.Context, username: Username, output: Output = Format.TABLE) -> None:
    """One user."""
    with api_of(context) as api:
        show_one(api.read("GET /api/auth/users/{username}", username=username), output)


@app.command("create")
def create(
    context: typer.Context,
    username: Username,
    role: Annotated[str, typer.Option("--role", help="admin or manager.")] = "manager",
    sources: Sources = None,
    password_file: PasswordFile = None,
    *,
    must_change: Annotated[
        bool, typer.Option("--must-change/--no-must-change", help="Before anything else, at the sign-in.")
    ] = True,
    output: Output = Format.TABLE,
) -> None:
    """Makes a user: with the password of a file, else somebody to invite by `vitrina users invite`."""
    body: dict[str, Any] = {"username": username, "role": role, "sources": sources}
    if password_file is not None:
        body |= {"password": read_secret(password_file), "must_change_password": must_change}
    with api_of(context) as api:
        show_one(api.ask("POST /api/auth/users", json=body).json(), output)


@app.command("change")
def change(
    context: typer.Context,
    username: Username,
    role: Annotated[str | None, typer.Option("--role", help="admin or manager.")] = None,
    sources: Sources = None,
    password_file: PasswordFile = None,
    *,
    disabled: Annotated[bool | None, typer.Option("--disable/--enable", help="Whether shut out.")] = None,
    revision: Revision = None,
    output: Output = Format.TABLE,
) -> None:
    """Changes what is given; it counts within seconds, for those signed in, too."""
    password = read_secret(password_file) if password_file else None
    given = {"role": role, "sources": sources, "disabled": disabled, "password": password}
    body = {name: value for name, value in given.items() if value is not None}
    with api_of(context) as api:
        changed = api.ask("PATCH /api/auth/users/{username}", username=username, json=body, headers=if_match(revision))
    show_one(changed.json(), output)


@app.command("delete")
def delete(context: typer.Context, username: Username, *, revision: Revision = None, yes: Yes = False) -> None:
    """Deletes a user, with sessions and tokens. `vitrina users owned` says what goes."""
    confirm(f"Delete the user {username}?", yes=yes)
    with api_of(context) as api:
        api.ask("DELETE /api/auth/users/{username}", username=username, headers=if_match(revision))
    say(f"{username} is deleted.")


@app.command("invite")
def invite(context: typer.Context, username: Username, output: Output = Format.TABLE) -> None:
    """A link by which the user sets the first password; good once. Former ones end."""
    with api_of(context) as api:
        made = api.ask("POST /api/auth/users/{username}/invitation", username=username).json()
        show_one({"link": f"{api.url}/invitation#{made['token']}", **made}, output)


@app.command("reset-password")
def reset_password(context: typer.Context, username: Username, *, yes: Yes = False) -> None:
    """A new password for somebody who has forgotten it, to be changed at the sign-in."""
    confirm(f"Give {username} a new password and end all sessions?", yes=yes)
    with api_of(context) as api:
        made = api.ask("POST /api/auth/users/{username}/reset-password", username=username).json()
    show_one(made, Format.TABLE)


@app.command("remove-second-factor")
def remove_second_factor(context: typer.Context, username: Username, *, yes: Yes = False) -> None:
    """For somebody who has lost the device and the recovery codes."""
    confirm(f"Remove the second factor of {username}?", yes=yes)
    with api_of(context) as api:
        api.ask("DELETE /api/auth/users/{username}/second-factor", username=username)
    say(f"{username} signs in without a second factor.")


@app.command("sign-out")
def sign_out(context: typer.Context, username: Username) -> None:
    """Ends all of the user's sessions."""
    with api_of(context) as api:
        api.ask("DELETE /api/auth/users/{username}/sessions", username=username)
    say(f"{username} is signed out everywhere.")


@app.command("owned")
def owned(context: typer.Context, username: Username, output: Output = Format.YAML) -> None:
    """Sessions, API tokens and service clients of a user."""
    with api_of(context) as api:
        show_one(api.read("GET /api/auth/users/{username}/owned", username=username), output)


@clients.command("list")
def list_clients(context: typer.Context, output: Output = Format.TABLE) -> None:
    """Service clients."""
    with api_of(context) as api:
        show(api.read("GET /api/auth/clients")["items"], _CLIENTS, output)


@clients.command("create")
def create_client(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What it is for.")],
    role: Annotated[str, typer.Option("--role", help="service, manager or admin.")] = "service",
    scope: Annotated[str, typer.Option("--scope", help="read or write.")] = "read",
    sources: Sources = None,
    output: Output = Format.TABLE,
) -> None:
    """Makes a client. Its secret is shown this once."""
    body = {"name": name, "role": role, "scope": scope, "sources": sources}
    with api_of(context) as api:
        show_one(api.ask("POST /api/auth/clients", json=body).json(), output)


@clients.command("replace-secret")
def replace_secret(
    context: typer.Context, client_id: ClientId, *, yes: Yes = False, output: Output = Format.TABLE
) -> None:
    """A new secret, shown this once; the former one ends."""
    confirm(f"Replace the secret of {client_id}?", yes=yes)
    with api_of(context) as api:
        show_one(api.ask("POST /api/auth/clients/{client_id}/secret", client_id=client_id).json(), output)


@clients.command("delete")
def delete_client(context: typer.Context, client_id: ClientId, *, yes: Yes = False) -> None:
    """Deletes a client; it is shut out within seconds."""
    confirm(f"Delete the client {client_id}?", yes=yes)
    with api_of(context) as api:
        api.ask("DELETE /api/auth/clients/{client_id}", client_id=client_id)
    say(f"{client_id} is deleted.")
