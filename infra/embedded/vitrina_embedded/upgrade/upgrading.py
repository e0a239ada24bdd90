"""`vitrina upgrade`: another version over the same data; until it works, nothing of the old one is lost.

The order is the promise: look and prepare while the old version runs; note what begins; an edge that waits in front;
stop; copy; start the new version. When its parts work and before people reach them, the note goes: that is the one
moment at which the new version is in force. Whatever fails before, or kills this process, returns to the old one.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from vitrina_embedded import downloads, web_build
from vitrina_embedded.down import stop_everything
from vitrina_embedded.exclusion import alone
from vitrina_embedded.exporter_runtime import plan_runtime
from vitrina_embedded.home import Home, read_json
from vitrina_embedded.installation import Installation
from vitrina_embedded.network import check_exposure
from vitrina_embedded.processes import EDGE
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.settings import Settings
from vitrina_embedded.steps import Steps
from vitrina_embedded.supervision import Supervisor
from vitrina_embedded.up import start
from vitrina_embedded.upgrade.checking import check
from vitrina_embedded.upgrade.guard import Guard
from vitrina_embedded.upgrade.kept_data import keep
from vitrina_embedded.upgrade.note import Note, forget_note, read_note, write_note
from vitrina_embedded.upgrade.release import Release, this_release
from vitrina_embedded.upgrade.waiting_edge import close_waiting_edge, open_waiting_edge

_STEPS: Final = 4


def upgrade(settings: Settings, old: Release, make_backup: Callable[[], object] | None = None) -> Path:
    """Leaves this release running and returns the folder with the data of before; or the old one as it was.

    `make_backup` is called when all is prepared and the old version still runs.

    Raises:
        Refusal: it could not be done; says which version runs.
    """
    home, new = Home(settings.home), this_release()
    steps = Steps(_STEPS)
    with steps.step(f"Look whether {old.version} can become {new.version}"):
        check_exposure(settings)
        plan_runtime(settings)
        check(home, old, new)
    with steps.step("Prepare the new version while the old one runs"):
        monitoring = downloads.find_monitoring() or downloads.fetch_monitoring()
        web_build.build(home)
        if make_backup is not None:
            make_backup()
    kept = f"before-upgrade-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    note = Note(old=old.root, old_version=old.version, new=new.root, new_version=new.version, kept=kept)
    _change_over(Installation(settings, home, read_json(home.ports_file), {}, monitoring), note, steps)
    return home.path / kept


def _change_over(installation: Installation, note: Note, steps: Steps) -> None:
    home = installation.home
    guard = None
    try:
        with alone(home):
            write_note(home, note)
            guard = Guard(home)
            with steps.step("Keep people's requests, and stop the old version"):
                open_waiting_edge(installation)
                Supervisor(home).stop_one(EDGE)
                stop_everything(home)
            with steps.step("Copy its data"):
                keep(home, note.kept)
            start(installation.settings, home, before_people=lambda: forget_note(home))
            close_waiting_edge(home)
    except (Exception, KeyboardInterrupt) as error:
        if guard is None:
            raise
        in_force = note.old_version if read_note(home) else note.new_version
        steps.say(f"\n{error or 'Interrupted'}\n\nStarting version {in_force} ...")
        raise _said(error, in_force, started=guard.return_to_old(), home=home) from error
    guard.dismiss()


def _said(error: BaseException, in_force: str, *, started: bool, home: Home) -> Refusal:
    why = str(error) or "it was interrupted"
    log = error.log if isinstance(error, Refusal) else None
    if started:
        return Refusal(f"The upgrade did not come to its end ({why}). Version {in_force} runs, with its data.", log=log)
    return Refusal(
        f"The upgrade did not come to its end ({why}), and {in_force} did not start: run `make up` in its folder.",
        log=home.log("upgrade"),
    )
