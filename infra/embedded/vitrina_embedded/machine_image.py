"""Images of exporters made of this machine's own Python and the packages that `.venv` holds, in seconds.

What runs in the container is what would run as a process, to the byte. It needs no image registry, no network and no
rights but those on the engine's socket. Python, its library and the shared libraries of both lie where they lie here.
"""

import hashlib
import importlib.metadata
import importlib.util
import io
import os
import re
import ssl
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Final

from vitrina_embedded.refusal import Refusal

PYTHON: Final = Path(sys.executable).resolve()
CERTIFICATES: Final = "/etc/ssl/certs/ca-certificates.crt"
USER: Final = 65532
STATE_DIR: Final = "/var/lib/vitrina"
_PACKAGES: Final = "/vitrina/packages"
_CODE: Final = "/vitrina/code"
_LIBRARY: Final = re.compile(r"(/\S+\.so\S*) \(0x|=> (/\S+) \(0x")
_LEFT_OUT: Final = {
    "test", "tests", "site-packages", "dist-packages", "idlelib", "ensurepip", "tkinter", "turtledemo", "lib2to3",
    "__pycache__", f"config-{sys.version_info.major}.{sys.version_info.minor}-{sysconfig.get_config_var('MULTIARCH')}",
}  # fmt: skip
_WITHOUT: Final = ("_tkinter.", "_curses", "readline.", "_test", "_crypt.", "nis.")
"""Beginnings of extension modules that drag in libraries of screens and keyboards."""
_BUNDLES: Final = (CERTIFICATES, "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")


def write_image(file: IO[bytes], packages: Iterable[str], code: Mapping[str, Path]) -> None:
    """A root as a tar: Python, installed distributions by name, and own code by the path below the code's folder.

    `code` may name files and folders. Nobody but root can write anywhere, except the user of exporters in `STATE_DIR`.
    """
    library, distributions = list(_library()), list(_distributions(packages))
    programs = [PYTHON, *(path for path in (*library, *(path for _, path in distributions)) if _is_shared(path))]
    with tarfile.open(fileobj=file, mode="w") as tar:
        for path in sorted({PYTHON, *library, *_libraries(programs)}):
            _add(tar, str(path), path)
        for name, path in sorted(distributions):
            _add(tar, f"{_PACKAGES}/{name}", path)
        for name, path in sorted(code.items()):
            for each in _sources(path):
                _add(tar, f"{_CODE}/{name}/{each.relative_to(path)}" if path.is_dir() else f"{_CODE}/{name}", each)
        _add_content(tar, CERTIFICATES, _certificates())
        _add_folder(tar, STATE_DIR, USER)
        _add_folder(tar, "/etc/vitrina", 0)


def digest(packages: Iterable[str], code: Mapping[str, Path]) -> str:
    """Changes with all that goes into the image, short of a change of this machine's libraries."""
    total = hashlib.sha256(repr((str(PYTHON), sys.version)).encode())
    total.update(_certificates())
    for package in sorted(packages):
        total.update(f"{package}=={importlib.metadata.version(package)}\0".encode())
    for name, path in sorted(code.items()):
        for each in _sources(path):
            total.update(f"{name}/{each.name}\0".encode())
            total.update(hashlib.sha256(each.read_bytes()).digest())
    total.update(Path(__file__).read_bytes())
    return total.hexdigest()


def image_changes(entry: Iterable[str], labels: Mapping[str, str]) -> list[str]:
    """The rest of the image as lines of a Dockerfile; `entry` are Python's arguments."""
    environment = {
        "PYTHONHOME": sys.base_prefix,
        "PYTHONPATH": f"{_CODE}:{_PACKAGES}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "MALLOC_ARENA_MAX": "2",
        "LC_ALL": "C.UTF-8",
        "SSL_CERT_FILE": CERTIFICATES,
    }
    words = ", ".join(f'"{word}"' for word in (str(PYTHON), *entry))
    return [
        *(f"ENV {name}={value}" for name, value in environment.items()),
        *(f'LABEL {name}="{value}"' for name, value in labels.items()),
        f"USER {USER}:{USER}",
        f"ENTRYPOINT [{words}]",
    ]


def _library() -> Iterator[Path]:
    for folder in {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib", vars={"platbase": sys.base_prefix})}:
        root = Path(folder).resolve()
        for path in root.rglob("*"):
            left_out = path.name.startswith(_WITHOUT) or _LEFT_OUT & set(path.relative_to(root).parts)
            if path.is_file() and not left_out:
                yield path
                yield from _compiled(path)


def _distributions(names: Iterable[str]) -> Iterator[tuple[str, Path]]:
    """Name below the folder of packages, and path here, of every file."""
    for name in names:
        for file in importlib.metadata.distribution(name).files or []:
            path = Path(str(file.locate()))
            if ".." in file.parts or "__pycache__" in file.parts or not path.is_file():
                continue
            yield str(file), path
            for compiled in _compiled(path):
                yield f"{file.parent}/__pycache__/{compiled.name}", compiled


def _sources(path: Path) -> list[Path]:
    """Without what has been compiled: that differs from run to run."""
    if not path.is_dir():
        return [path]
    return sorted(each for each in path.rglob("*") if each.is_file() and "__pycache__" not in each.parts)


def _compiled(path: Path) -> Iterator[Path]:
    """Saves half of a container's start."""
    if path.suffix == ".py":
        compiled = Path(importlib.util.cache_from_source(str(path)))
        if compiled.is_file():
            yield compiled


def _is_shared(path: Path) -> bool:
    return path.suffix == ".so" or ".so." in path.name


def _libraries(programs: Iterable[Path]) -> Iterator[Path]:
    """Shared libraries, under the names that the loader looks for."""
    listed = subprocess.run(["ldd", *map(str, programs)], capture_output=True, text=True, check=False).stdout
    for match in _LIBRARY.finditer(listed):
        path = Path(os.path.normpath(match[1] or match[2]))
        if path.is_file():
            yield path


def _certificates() -> bytes:
    """What this machine trusts."""
    trusted = ssl.get_default_verify_paths().cafile
    for path in filter(None, (os.environ.get("SSL_CERT_FILE"), trusted, *_BUNDLES)):
        if Path(path).is_file():
            return Path(path).read_bytes()
    raise Refusal("This machine has no certificates of authorities (on Debian: apt-get install ca-certificates).")


def _add(tar: tarfile.TarFile, name: str, path: Path) -> None:
    found = path.stat()
    member = tarfile.TarInfo(name.lstrip("/"))
    member.size, member.mtime, member.mode = found.st_size, int(found.st_mtime), 0o755
    with path.open("rb") as file:
        tar.addfile(member, file)


def _add_content(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name.lstrip("/"))
    member.size, member.mode = len(content), 0o644
    tar.addfile(member, io.BytesIO(content))


def _add_folder(tar: tarfile.TarFile, name: str, owner: int) -> None:
    member = tarfile.TarInfo(name.lstrip("/"))
    member.type, member.mode, member.uid, member.gid = tarfile.DIRTYPE, 0o755, owner, owner
    tar.addfile(member)
