"""How the process of an exporter is started: its command, its environment, its port."""

import os
import socket
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from vitrina_orchestrator.adapters.process_folder import ProcessFolder, ProcessRecord
from vitrina_orchestrator.adapters.programs import Programs

CONFIG_DIR: Final = "VITRINA_CONFIG_DIR"
PORT: Final = "VITRINA_EXPORTER_PORT"
HOST: Final = "127.0.0.1"
_PYTHON: Final = (sys.executable, "-u", "-P", "-m")
"""`-P`: nothing that lies in the working folder can be imported in place of a real module."""


class ProcessStarts:
    def __init__(self, passed_on: Mapping[str, str], programs: Programs) -> None:
        """`passed_on`: to the environment of each of them."""
        self._passed_on = dict(passed_on)
        self._programs = programs

    def spawn(self, folder: ProcessFolder, record: ProcessRecord, state: Path, lock: int) -> "subprocess.Popen[bytes]":
        """Starts it detached. It inherits the descriptor `lock`.

        Raises:
            OSError: the machine refused.
            StartRefusedError: there is no such program that may be run.
        """
        own = dict(record.spec.program.environment) if record.spec.program is not None else {}
        environment = (
            own
            | self._passed_on
            | {
                "VITRINA_EXPORTER_HOST": HOST,
                PORT: str(record.port),
                CONFIG_DIR: str(folder.config),
                "VITRINA_STATE_DIR": str(state),
            }
        )
        output = os.open(folder.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            return subprocess.Popen(  # noqa: S603 - from the registry's manifests, checked, without a shell
                self._command(folder, record),
                env=environment,
                cwd=folder.state,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                pass_fds=(lock,),
            )
        finally:
            os.close(output)

    def _command(self, folder: ProcessFolder, record: ProcessRecord) -> Sequence[str]:
        program = record.spec.program
        if program is None:
            return [*_PYTHON, record.spec.module]
        arguments = program.argument_list(host=HOST, port=record.port, files=str(folder.config))
        return [str(self._programs.find(program)), *arguments]


def free_port(preferred: int, others: Collection[int]) -> int:
    """The instance's own port while nobody else has it, else one that no other instance will come back to."""
    if preferred and preferred not in others and _bind(preferred) is not None:
        return preferred
    while (port := _bind(0)) is None or port in others:
        continue
    return port


def _bind(port: int) -> int | None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return None
        bound: int = probe.getsockname()[1]
        return bound
