"""What is done on the machine that Vitrina runs on, in the embedded way: backups and upgrades."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.filesize import decimal
from vitrina_embedded.backup.making import make_backup
from vitrina_embedded.backup.restoring import check_backup, restore_backup
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.settings import load_settings
from vitrina_embedded.upgrade.release import carry_settings, find_release
from vitrina_embedded.upgrade.upgrading import upgrade as change_over

from vitrina_cli.failure import Exit, Failure
from vitrina_cli.options import typed, typed_twice
from vitrina_cli.output import say
from vitrina_cli.settings import read_secret

SHORTEST_PASSPHRASE: Final = 12

File = Annotated[Path, typer.Argument(help="The archive.")]
PassphraseFile = Annotated[
    Path | None, typer.Option("--passphrase-file", help="The passphrase is its first line; asked for unless given.")
]


def backup(
    file: File,
    passphrase_file: PassphraseFile = None,
    *,
    history: Annotated[bool, typer.Option("--history", help="Prometheus' data, too; they may be large.")] = False,
) -> None:
    """Everything of this installation in one encrypted file, while it runs: database, keys, settings, transitions."""
    passphrase = read_secret(passphrase_file) if passphrase_file else typed_twice("Passphrase of the backup")
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise Failure(f"The passphrase needs at least {SHORTEST_PASSPHRASE} characters.", Exit.INVALID)
    if file.exists():
        raise Failure(f"{file} exists already: name another file.", Exit.CONFLICT)
    with in_words():
        size = make_backup(load_settings(), file, passphrase, history=history)
    say(f"{file} is written: {decimal(size)}. Without its passphrase nobody can restore it, you neither.")


def restore(
    file: File,
    passphrase_file: PassphraseFile = None,
    *,
    check: Annotated[bool, typer.Option("--check", help="Read it to its end; restore nothing.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Put present data aside; nothing is deleted.")] = False,
) -> None:
    """Restores a backup into an empty VITRINA_HOME, also on another machine; then `make up`."""
    passphrase = read_secret(passphrase_file) if passphrase_file else typed("Passphrase of the backup")
    with in_words():
        settings = load_settings()
        about = check_backup(file, passphrase) if check else restore_backup(settings, file, passphrase, replace=replace)
    made = f"made {about.made_at:%Y-%m-%d %H:%M}Z by Vitrina {about.version}"
    if check:
        say(f"The backup is whole: {made}.")
        return
    say(f"Restored into {settings.home}: {made}. Now run `make up`; sign in with the passwords of then.")
    if (settings.home / "restored.env").exists():
        say(f"The settings of then lie in {settings.home / 'restored.env'}: copy what you need into .env.")


def upgrade(
    old: Annotated[Path, typer.Argument(help="The folder of the version that runs now.")],
    passphrase_file: PassphraseFile = None,
    *,
    backup_file: Annotated[
        Path | None, typer.Option("--backup", help="Make a backup in this file before, encrypted.")
    ] = None,
) -> None:
    """To the version of this folder, over the data of the old one, which returns by itself if that fails."""
    with in_words():
        release = find_release(old)
        carry_settings(release)
        settings = load_settings()
        make_backup = None
        if backup_file is not None:
            make_backup = partial(backup, backup_file, passphrase_file)
        kept = change_over(settings, release, make_backup)
    say(f"The data of before lie in {kept}: delete them when you are content with the new version.")


@contextmanager
def in_words() -> Iterator[None]:
    """What stands in the way becomes a failure of the command."""
    try:
        yield
    except Refusal as refusal:
        log = f"\nThe log: {refusal.log}" if refusal.log else ""
        raise Failure(f"{refusal}{log}") from refusal
