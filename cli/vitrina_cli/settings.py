"""Where Vitrina is, and who asks: from the environment, then from the last sign-in, then this machine's own port."""

import os
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vitrina_cli.failure import Exit, Failure

DEFAULT_URL: Final = "http://localhost:8080"


@dataclass(frozen=True)
class Settings:
    """`url` is null unless given; `token` is an API token, which wins over a sign-in."""

    url: str | None
    token: str | None
    ca_file: Path | None
    folder: Path

    @property
    def verify(self) -> ssl.SSLContext | bool:
        """What TLS trusts: the given authorities besides those of this machine."""
        if self.ca_file is None:
            return True
        context = ssl.create_default_context()
        try:
            context.load_verify_locations(self.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise Failure(f"VITRINA_CA_FILE: {self.ca_file} holds no certificates that can be read.") from error
        return context


def load_settings(url: str | None = None) -> Settings:
    """Raises:
    Failure: a file with a secret cannot be read.
    """
    configuration = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    ca_file = os.environ.get("VITRINA_CA_FILE")
    return Settings(
        url=(url or os.environ.get("VITRINA_URL") or "").rstrip("/") or None,
        token=_token(),
        ca_file=Path(ca_file) if ca_file else None,
        folder=configuration / "vitrina",
    )


def _token() -> str | None:
    file = os.environ.get("VITRINA_TOKEN_FILE")
    return read_secret(Path(file)) if file else os.environ.get("VITRINA_TOKEN") or None


def read_secret(path: Path) -> str:
    """The first line. Secrets come by file or prompt, never as an argument: others can read arguments.

    Raises:
        Failure: there is none to read.
    """
    try:
        secret = path.read_text(encoding="utf-8").partition("\n")[0].strip()
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror}.", Exit.USAGE) from error
    if not secret:
        raise Failure(f"{path} is empty: write the secret into its first line.", Exit.USAGE)
    return secret
