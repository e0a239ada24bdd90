"""Images for tests without any registry: this machine's Python with its libraries, and one script."""
# ruff: noqa: S603, S607 - the command is written here

import io
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from vitrina_orchestrator.testing.private_engine import PrivateEngine

_LIBRARY: Final = re.compile(r"(/\S+\.so\S*) \(0x|=> (/\S+) \(0x")
_LEFT_OUT: Final = {"test", "tests", "site-packages", "dist-packages", "idlelib", "ensurepip", "tkinter", "__pycache__"}
STUB: Final = Path(__file__).with_name("stub_exporter.py")


def image_tar(script: str) -> bytes:
    """A root with `/exporter.py`, and a folder that only the exporter's user writes."""
    python = Path(sys.executable).resolve()
    library = Path(sysconfig.get_path("stdlib")).resolve()
    files = {python, *_files_below(library), *_libraries(python), *_libraries(*library.rglob("*.so"))}
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for path in sorted(files):
            _add(tar, str(path).lstrip("/"), path.read_bytes())
        _add(tar, "exporter.py", script.encode())
        _add(tar, "var/lib/vitrina", None, owner=65532)
    return archive.getvalue()


def import_stub(engine: PrivateEngine, reference: str) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(image_tar(STUB.read_text(encoding="utf-8")))
        file.seek(0)
        engine.docker("import", *import_changes(), "-", reference, stdin=file)


def import_changes() -> list[str]:
    """Options of `docker import`."""
    python = Path(sys.executable).resolve()
    environment = f"ENV PYTHONHOME={sys.base_prefix} PYTHONDONTWRITEBYTECODE=1"
    return ["--change", environment, "--change", f'ENTRYPOINT ["{python}", "-u", "/exporter.py"]']


def _files_below(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and not _LEFT_OUT & set(path.relative_to(folder).parts):
            yield path


def _libraries(*programs: Path) -> Iterator[Path]:
    """Shared libraries, under the names that the loader looks for."""
    listed = subprocess.run(["ldd", *map(str, programs)], capture_output=True, text=True, check=False).stdout
    for match in _LIBRARY.finditer(listed):
        yield Path(os.path.normpath(match[1] or match[2]))


def _add(tar: tarfile.TarFile, name: str, content: bytes | None, owner: int = 0) -> None:
    member = tarfile.TarInfo(name)
    member.uid = member.gid = owner
    member.mode = 0o755
    if content is None:
        member.type = tarfile.DIRTYPE
    member.size = len(content or b"")
    tar.addfile(member, io.BytesIO(content or b""))
