import threading
from contextlib import suppress
from pathlib import Path

import pytest
from vitrina_orchestrator.adapters.process_folder import ProcessFolder
from vitrina_orchestrator.domain.errors import InstanceBusyError

TRIALS = 2000
"""About every fifth meets the removal between two system calls."""


def test_a_folder_that_another_removes_while_it_is_made_is_busy(tmp_path: Path) -> None:
    folder = ProcessFolder(tmp_path / "screens")
    enough = threading.Event()

    def remove_again_and_again() -> None:
        while not enough.is_set():
            with suppress(FileNotFoundError):
                folder.delete()

    remover = threading.Thread(target=remove_again_and_again)
    remover.start()
    try:
        for _ in range(TRIALS):
            with suppress(InstanceBusyError):
                folder.make_room()
    finally:
        enough.set()
        remover.join()


def test_a_file_in_its_place_is_not_taken_for_another_orchestrator(tmp_path: Path) -> None:
    (tmp_path / "screens").write_text("not ours")
    with pytest.raises(FileExistsError):
        ProcessFolder(tmp_path / "screens").make_room()
