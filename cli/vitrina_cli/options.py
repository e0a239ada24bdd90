"""Options and arguments that several commands have, and the way from a command to the API."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer
import yaml
from vitrina_kit.plain_yaml import read_yaml

from vitrina_cli.api import Api
from vitrina_cli.failure import Exit, Failure
from vitrina_cli.output import Format
from vitrina_cli.settings import read_secret

Output = Annotated[Format, typer.Option("--output", "-o", envvar="VITRINA_OUTPUT", help="Form of the result.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="At most so many; all unless given.")]
Revision = Annotated[
    int | None,
    typer.Option("--revision", help="Refuse when it is not at this revision any more; unless given, overwrite."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Make all checks; change nothing.")]
Since = Annotated[str | None, typer.Option("--from", help="RFC 3339, like 2026-01-31T08:00:00Z.")]
Until = Annotated[str | None, typer.Option("--to", help="RFC 3339; now unless given.")]

STDIN: Final = "-"


def api_of(context: typer.Context) -> Api:
    return Api(context.obj)


def if_match(revision: int | None) -> Mapping[str, str]:
    return {"If-Match": "*" if revision is None else f'"{revision}"'}


def confirm(question: str, *, yes: bool) -> None:
    """Raises:
    Failure: not confirmed, or nobody is there to ask.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise Failure(f"{question} Nobody is here to answer: add --yes.", Exit.USAGE)
    if not typer.confirm(question, err=True):
        raise Failure("Nothing was changed.")


def read_input(path: str) -> str:
    """Of a file, or of stdin for `-`.

    Raises:
        Failure: it cannot be read.
    """
    try:
        return sys.stdin.read() if path == STDIN else Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{path} cannot be read as UTF-8 text: {error}.", Exit.USAGE) from error


def read_mapping(path: str) -> dict[str, Any]:
    """A YAML or JSON object.

    Raises:
        Failure: it is something else.
    """
    value = _read_yaml(read_input(path), path)
    if not isinstance(value, dict):
        raise Failure(f"{path} holds no object: write it as `name: value` lines.", Exit.INVALID)
    return value


def parse_pairs(pairs: Sequence[str], option: str) -> dict[str, Any]:
    """`name=value` with the value as YAML reads it: numbers, true, [lists].

    Raises:
        Failure: one has no `=`, or its value is no YAML.
    """
    return {name: _read_yaml(value, f"{option} {name}") for name, value in _split(pairs, option)}


def parse_texts(pairs: Sequence[str], option: str) -> dict[str, str]:
    """`name=value`, the value as it stands there. Raises `Failure` as `parse_pairs`."""
    return dict(_split(pairs, option))


def read_secrets(pairs: Sequence[str], asked: Sequence[str]) -> dict[str, str]:
    """Of `field=file` pairs, and of fields to be typed."""
    from_files = {name: read_secret(Path(file)) for name, file in _split(pairs, "--secret-file")}
    return {**from_files, **{name: typed(name) for name in asked}}


def typed(what: str) -> str:
    """A secret, unseen."""
    return str(typer.prompt(what, hide_input=True, err=True))


def typed_twice(what: str) -> str:
    """A new secret.

    Raises:
        Failure: the two do not agree.
    """
    first = typed(what)
    if first != typed(f"{what} again"):
        raise Failure("The two do not agree: nothing was changed.", Exit.INVALID)
    return first


def _read_yaml(text: str, where: str) -> Any:
    try:
        return read_yaml(text.encode())
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Failure(f"{where} is neither YAML nor JSON: {error}", Exit.INVALID) from error


def _split(pairs: Sequence[str], option: str) -> list[tuple[str, str]]:
    split = [pair.partition("=") for pair in pairs]
    if wrong := next((name for name, equals, _ in split if not equals or not name), None):
        raise Failure(f"{option} {wrong}: write it as name=value.", Exit.USAGE)
    return [(name, value) for name, _, value in split]
