"""The configuration as a plain tar for a volume, laid out as `vitrina_contracts.source_file` says."""

import hashlib
import io
import re
import tarfile
import time
from collections.abc import Mapping, Sequence
from typing import Final

from vitrina_contracts.source_file import CURRENT_FILE, CurrentConfig, config_file_name

_OWNER: Final = 65532
_CONFIG_FILE: Final = re.compile(r"config-(\d+)\.json")


def config_tar(revision: int, content: bytes, files: Mapping[str, bytes]) -> bytes:
    """First a third party's own files and the configuration, then the `current` that names it.

    A reader in between meets a digest that differs.
    """
    name = config_file_name(revision)
    current = CurrentConfig(file=name, sha256=hashlib.sha256(content).hexdigest())
    return _tar({**files, name: content, CURRENT_FILE: current.model_dump_json().encode()})


def emptied_tar(revisions: Sequence[int]) -> bytes:
    """An archive can add files and replace them, never remove them: what was in them is gone, the names stay."""
    return _tar({config_file_name(revision): b"" for revision in revisions})


def revisions_in(files: Mapping[str, bytes]) -> tuple[int, ...]:
    """Revisions whose files hold something."""
    found = (_CONFIG_FILE.fullmatch(name) for name, content in files.items() if content)
    return tuple(sorted(int(match[1]) for match in found if match))


def _tar(files: Mapping[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode, member.mtime = len(content), 0o400, int(time.time())
            member.uid = member.gid = _OWNER
            tar.addfile(member, io.BytesIO(content))
    return archive.getvalue()
