"""Signing in and out, and the own account: password, second factor, sessions, API tokens."""

from pathlib import Path
from typing import Annotated, Final

import typer

from vitrina_cli.failure import Failure
from vitrina_cli.options import Output, Yes, api_of, confirm, typed, typed_twice
from vitrina_cli.output import Format, say, show, show_one, write
from vitrina_cli.settings import read_secret

app = typer.Typer(help="Your own account.", no_args_is_help=True)
second_factor = typer.Typer(help="Signing in with a code besides the password.", no_args_is_help=True)
sessions = typer.Typer(help="Where you are signed in.", no_args_is_help=True)
tokens = typer.Typer(help="API tokens: for scripts, with your rights at most.", no_args_is_help=True)
app.add_typer(second_factor, name="second-factor")
app.add_typer(sessions, name="sessions")

PasswordFile = Annotated[
    Path | None, typer.Option("--password-file", help="The password is its first line; asked for unless given.")
]
_SESSIONS: Final = {
    "ID": "id", "CURRENT": "current", "ADDRESS": "address", "AGENT": "agent", "LAST USED": "last_used_at",
    "EXPIRES": "expires_at",
}  # fmt: skip
_TOKENS: Final = {
    "ID": "id", "NAME": "name", "SCOPE": "scope", "EXPIRES": "expires_at", "LAST USED": "last_used_at",
}  # fmt: skip


def login(
    context: typer.Context,
    username: Annotated[str, typer.Option("--username", "-u", prompt=True, help="Your name.")],
    password_file: PasswordFile = None,
    code: Annotated[str | None, typer.Option("--code", help="Of the second factor; asked for when wanted.")] = None,
) -> None:
    """Signs you in. The session lies in a file that only you can read, and ends by `vitrina logout`."""
    password = read_secret(password_file) if password_file else typed("Password")
    with api_of(context) as api:
        try:
            api.sign_in(username, password, code)
        except Failure as failure:
            if code is not None or "code" not in str(failure):
                raise
            api.sign_in(username, password, typed("Code of the second factor"))
        say(f"Signed in to {api.url} as {username}.")


def logout(context: typer.Context) -> None:
    """Ends the session."""
    with api_of(context) as api:
        say("Signed out." if api.sign_out() else f"Nobody was signed in to {api.url}.")


@app.command("show")
def show_me(context: typer.Context, output: Output = Format.TABLE) -> None:
    """Who you are to Vitrina, and what you may see."""
    with api_of(context) as api:
        show_one(api.read("GET /api/auth/me"), output)


@app.command("password")
def change_password(context: typer.Context) -> None:
    """Changes your password; other sessions end."""
    body = {"current_password": typed("Present password"), "new_password": typed_twice("New password")}
    with api_of(context) as api:
        api.ask("POST /api/auth/me/password", json=body)
    say("Your password is changed: sign in again with `vitrina login`.")


@app.command("logout-everywhere")
def logout_everywhere(context: typer.Context, *, yes: Yes = False) -> None:
    """Ends all of your sessions, this one, too."""
    confirm("Sign out everywhere?", yes=yes)
    with api_of(context) as api:
        api.ask("POST /api/auth/logout-everywhere")
    say("Signed out everywhere.")


@second_factor.command("set-up")
def set_up(context: typer.Context, password_file: PasswordFile = None) -> None:
    """Shows the secret for an authenticator app, asks for its code, shows the recovery codes."""
    password = read_secret(password_file) if password_file else typed("Password")
    with api_of(context) as api:
        made = api.ask("POST /api/auth/me/second-factor", json={"current_password": password}).json()
        say("Put this into your authenticator app:")
        write(made["uri"])
        code = typer.prompt("Code that it shows", err=True)
        codes = api.ask("POST /api/auth/me/second-factor/confirm", json={"code": code}).json()
    say("Keep these: each stands in once for a lost device.")
    write("\n".join(codes["recovery_codes"]))


@second_factor.command("remove")
def remove(context: typer.Context, password_file: PasswordFile = None) -> None:
    """You then sign in by the password alone."""
    password = read_secret(password_file) if password_file else typed("Password")
    with api_of(context) as api:
        api.ask("POST /api/auth/me/second-factor/remove", json={"current_password": password})
    say("The second factor is removed.")


@sessions.command("list")
def list_sessions(context: typer.Context, output: Output = Format.TABLE) -> None:
    """Your sessions."""
    with api_of(context) as api:
        show(api.read("GET /api/auth/me/sessions")["items"], _SESSIONS, output)


@sessions.command("end")
def end_session(context: typer.Context, session_id: Annotated[str, typer.Argument(help="Its id.")]) -> None:
    """Ends one of your sessions."""
    with api_of(context) as api:
        api.ask("DELETE /api/auth/me/sessions/{session_id}", session_id=session_id)
    say("The session is ended.")


@tokens.command("list")
def list_tokens(context: typer.Context, output: Output = Format.TABLE) -> None:
    """Your API tokens."""
    with api_of(context) as api:
        show(api.read("GET /api/auth/me/tokens")["items"], _TOKENS, output)


@tokens.command("create")
def create_token(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What it is for.")],
    scope: Annotated[str, typer.Option("--scope", help="read or write.")] = "read",
    days: Annotated[int | None, typer.Option("--days", min=1, help="How long it lives.")] = None,
    output: Output = Format.TABLE,
) -> None:
    """Makes a token. Its value is shown this once: put it into a file and name that in VITRINA_TOKEN_FILE."""
    body = {"name": name, "scope": scope, **({} if days is None else {"expires_in_days": days})}
    with api_of(context) as api:
        show_one(api.ask("POST /api/auth/me/tokens", json=body).json(), output)


@tokens.command("delete")
def delete_token(
    context: typer.Context, token_id: Annotated[str, typer.Argument(help="Its id.")], *, yes: Yes = False
) -> None:
    """Deletes a token; it is refused within seconds."""
    confirm(f"Delete the token {token_id}?", yes=yes)
    with api_of(context) as api:
        api.ask("DELETE /api/auth/me/tokens/{token_id}", token_id=token_id)
    say("The token is deleted.")
