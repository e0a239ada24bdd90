"""The archive itself: packing what lies in folders and unpacking it again, whatever way an installation runs."""

import contextlib
import os
import shutil
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from pydantic import ValidationError

from vitrina_embedded.backup import contents
from vitrina_embedded.backup.contents import About, refuse_newer
from vitrina_embedded.backup.sealing import SealedReader, SealedWriter
from vitrina_embedded.refusal import Refusal


def copy(source: Path, target: Path) -> None:
    """Of a folder in use; empty when there is none. Files that come and go are temporary ones of their owner."""
    if not source.exists():
        target.mkdir()
        return
    with contextlib.suppress(shutil.Error):
        shutil.copytree(source, target, symlinks=True)


def pack(target: BinaryIO, passphrase: str, parts: Iterable[tuple[str, Path]]) -> None:
    """Files and folders by their name inside, `contents.ABOUT` first; absent ones are left out."""
    with SealedWriter(target, passphrase) as sealed, tarfile.open(fileobj=cast("BinaryIO", sealed), mode="w|gz") as tar:
        for name, path in parts:
            if path.exists():
                tar.add(path, arcname=name)


def check(source: BinaryIO, passphrase: str) -> About:
    """Reads the archive to its end.

    Raises:
        Refusal: it is not a whole backup of ours that this version can restore.
    """
    with _opened(source, passphrase) as archive:
        about = _about(archive)
        while archive.next() is not None:
            pass
    return about


def unpack(source: BinaryIO, passphrase: str, target: Path) -> About:
    """Files and folders for their owner alone, below the target.

    Raises:
        Refusal: it is not a whole backup of ours that this version can restore.
    """
    with _opened(source, passphrase) as archive:
        about = _about(archive)
        while (member := archive.next()) is not None:  # iterating would begin with the first again
            _extract(archive, member, target)
    return about


@contextmanager
def _opened(source: BinaryIO, passphrase: str) -> Iterator[tarfile.TarFile]:
    try:
        content = cast("BinaryIO", SealedReader.open(source, passphrase))
        with tarfile.open(fileobj=content, mode="r|gz") as archive:
            yield archive
    except OSError as error:
        raise Refusal(f"{error.filename or 'The backup'} cannot be read or written: {error.strerror}.") from error
    except tarfile.TarError as error:
        raise Refusal("The backup is damaged: take another copy of it.") from error


def _about(archive: tarfile.TarFile) -> About:
    first = archive.next()
    file = archive.extractfile(first) if first is not None and first.name == contents.ABOUT else None
    try:
        about = About.model_validate_json(file.read() if file else b"")
    except ValidationError as error:
        raise Refusal("This file is no backup that this version of Vitrina can read.") from error
    refuse_newer(about)
    return about


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    """(Python 3.11.2 has no extraction filter yet.)"""
    path = target / member.name
    if not path.resolve().is_relative_to(target.resolve()):
        raise Refusal("The backup holds a path that leads elsewhere: it is not one of ours.")
    if member.isdir():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    elif member.isreg() and (content := archive.extractfile(member)) is not None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            shutil.copyfileobj(content, file)
