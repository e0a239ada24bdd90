"""What `python -m vitrina_orchestrator` does."""

import sys

from pydantic import ValidationError
from vitrina_kit.logging import configure_logging
from vitrina_kit.serving import run

from vitrina_orchestrator.app import serve_orchestrator
from vitrina_orchestrator.domain.errors import FolderTakenError
from vitrina_orchestrator.settings import settings_from_environment


def main() -> int:
    try:
        settings = settings_from_environment()
    except ValidationError as error:
        faults = (f"VITRINA_{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors(include_input=False))
        return _refuse("; ".join(faults))
    configure_logging("orchestrator", settings.log_level)
    try:
        run(serve_orchestrator(settings))
    except FolderTakenError as error:
        return _refuse(f"{error}; give VITRINA_RUNTIME_DIR another folder")
    return 0


def _refuse(reason: str) -> int:
    print(f"The orchestrator cannot start: {reason}.", file=sys.stderr)  # noqa: T201 - read by whoever starts it
    return 2
