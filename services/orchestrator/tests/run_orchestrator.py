"""The real orchestrator as a process of its own, except that exporters are modules of this folder."""

import sys
from pathlib import Path

from vitrina_kit.logging import configure_logging
from vitrina_kit.serving import run
from vitrina_orchestrator.app import serve_orchestrator
from vitrina_orchestrator.settings import settings_from_environment

if __name__ == "__main__":
    configure_logging("orchestrator")
    command = (sys.executable, str(Path(__file__).with_name("run_stub.py")))
    run(serve_orchestrator(settings_from_environment(), command))
