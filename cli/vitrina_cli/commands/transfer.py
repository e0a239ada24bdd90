"""`vitrina export`, `plan` and `apply`: exporters and sources as one document, to be kept in git; and the audit."""

from typing import Annotated, Any, Final

import typer

from vitrina_cli.failure import Exit, Failure
from vitrina_cli.options import Limit, Output, Yes, api_of, confirm, read_input
from vitrina_cli.output import Format, show, show_one, write

audit = typer.Typer(help="Who did what.", no_args_is_help=True)

File = Annotated[str, typer.Argument(help="The document, as `vitrina export` writes it; - is stdin.")]
Prune = Annotated[bool, typer.Option("--prune", help="Delete what the document does not name.")]

_CHANGES: Final = {"ACTION": "action", "EXPORTER": "exporter", "SOURCE": "source", "DIFF": "diff"}
_OPERATION: Final = "POST /api/registry/v1/apply"
_CONFIGURATION: Final = {"AT": "at", "ACTOR": "actor", "ACTION": "action", "EXPORTER": "exporter", "SOURCE": "source"}
_ACCOUNTS: Final = {
    "AT": "at", "ACTOR": "actor", "ACTION": "action", "TARGET": "target", "OUTCOME": "outcome", "ADDRESS": "address",
}  # fmt: skip

_VERIFICATIONS: Final = {
    "accounts": "GET /api/auth/audit/verification",
    "configuration": "GET /api/registry/v1/audit/verification",
}
_LINES: Final = {"accounts": "GET /api/auth/audit.jsonl", "configuration": "GET /api/registry/v1/audit.jsonl"}
_VERIFICATION: Final = {
    "AUDIT": "audit", "HOLDS": "holds", "ENTRIES": "entries", "BROKEN": "broken", "WHY": "why", "HEAD": "head",
}  # fmt: skip


def export(context: typer.Context, output: Output = Format.YAML) -> None:
    """Exporters and sources, without any secret."""
    form = "json" if output is Format.JSON else "yaml"
    with api_of(context) as api:
        write(api.ask("GET /api/registry/v1/export", query={"format": form}).text)


def plan(
    context: typer.Context,
    file: File,
    *,
    prune: Prune = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="End with status 9 when anything would change.")
    ] = False,
    output: Output = Format.TABLE,
) -> None:
    """What `apply` would change; changes nothing."""
    report = _send(context, file, "plan", prune=prune)
    _show(report, output)
    if exit_code and report["changes"]:
        raise Failure("The document and Vitrina differ.", Exit.DIFFERENCES)


def apply(
    context: typer.Context, file: File, *, prune: Prune = False, yes: Yes = False, output: Output = Format.TABLE
) -> None:
    """Makes it so: all of the document or nothing. Secrets that it does not hold stay."""
    if not yes:
        planned = _send(context, file, "plan", prune=prune)
        _show(planned, Format.TABLE)
        if not planned["changes"]:
            return
        confirm("Apply this?", yes=False)
    _show(_send(context, file, "apply", prune=prune), output)


@audit.command("configuration")
def configuration(
    context: typer.Context,
    exporter: Annotated[str | None, typer.Option("--exporter", help="Of this exporter.")] = None,
    source: Annotated[str | None, typer.Option("--source", help="Of this source.")] = None,
    actor: Annotated[str | None, typer.Option("--actor", help="By this user.")] = None,
    limit: Limit = 200,
    output: Output = Format.TABLE,
) -> None:
    """Changes of exporters, sources and facts, the newest first."""
    query = {"exporter": exporter, "source": source, "actor": actor}
    with api_of(context) as api:
        show(api.pages("GET /api/registry/v1/audit", query=query, limit=limit), _CONFIGURATION, output)


@audit.command("accounts")
def accounts(
    context: typer.Context,
    user: Annotated[str | None, typer.Option("--user", help="By or about this user.")] = None,
    limit: Limit = 200,
    output: Output = Format.TABLE,
) -> None:
    """Sign-ins and changes of accounts, the newest first."""
    with api_of(context) as api:
        show(api.pages("GET /api/auth/audit", query={"user": user}, limit=limit), _ACCOUNTS, output)


@audit.command("verify")
def verify(context: typer.Context, output: Output = Format.TABLE) -> None:
    """Whether anybody changed or removed entries behind Vitrina's back; ends with status 9 when somebody did."""
    with api_of(context) as api:
        found = [{"audit": name, **api.ask(operation).json()} for name, operation in _VERIFICATIONS.items()]
    show(found, _VERIFICATION, output)
    if not all(each["holds"] for each in found):
        raise Failure("The audit does not hold: see the first entry that does not fit.", Exit.DIFFERENCES)


@audit.command("export")
def export_audit(
    context: typer.Context, which: Annotated[str, typer.Argument(help="accounts or configuration.")]
) -> None:
    """The whole audit as JSON lines, the oldest first. Keep it elsewhere: its last hash proves what was before."""
    if which not in _LINES:
        raise Failure(f"There is no audit {which}: say accounts or configuration.", Exit.USAGE)
    with api_of(context) as api:
        write(api.ask(_LINES[which]).text.rstrip("\n"))


def _send(context: typer.Context, file: str, mode: str, *, prune: bool) -> dict[str, Any]:
    with api_of(context) as api:
        answer = api.ask(
            _OPERATION,
            content=read_input(file).encode(),
            headers={"Content-Type": "application/yaml"},  # JSON is YAML, too
            query={"mode": mode, "prune": prune},
        )
    report: dict[str, Any] = answer.json()
    return report


def _show(report: dict[str, Any], output: Format) -> None:
    if output in {Format.TABLE, Format.CSV}:
        show(report["changes"], _CHANGES, output)
    else:
        show_one(report, output)
