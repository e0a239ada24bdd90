"""`python -m vitrina_orchestrator`"""

import sys

from pydantic import ValidationError
from vitrina_kit.logging import configure_logging
from vitrina_kit.serving import run

from vitrina_orchestrator.app import serve_orchestrator
from vitrina_orchestrator.settings import settings_from_environment


def main() -> int:
    try:
        settings = settings_from_environment()
    except ValidationError as error:
        faults = (f"VITRINA_{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors(include_input=False))
        print(f"The orchestrator cannot start: {'; '.join(faults)}.", file=sys.stderr)  # noqa: T201 - before logging
        return 2
    configure_logging("orchestrator", settings.log_level)
    run(serve_orchestrator(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
