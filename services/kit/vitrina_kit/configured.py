"""What a service's `__main__` does first: read its settings, and log as they say."""

import sys
from typing import TypeVar

from pydantic import ValidationError

from vitrina_kit.logging import configure_logging
from vitrina_kit.settings import ServiceSettings

Settings = TypeVar("Settings", bound=ServiceSettings)


def configured(service: str, settings_type: type[Settings]) -> Settings:
    """The settings, with logging set up by them.

    Raises:
        SystemExit: they do not fit; the sentence names each setting, and never its value.
    """
    try:
        settings = settings_type()
    except ValidationError as error:
        faults = error.errors(include_input=False)
        wrong = (f"VITRINA_{str(fault['loc'][0]).upper()} ({fault['msg']})" for fault in faults)
        sys.exit(f"{service} cannot start: check {', '.join(wrong)}")
    configure_logging(service, settings.log_level)
    return settings
