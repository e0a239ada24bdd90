"""`make down` and `make wipe`: nothing of this installation runs on."""

import shutil

from vitrina_embedded.containers import stop_containers, wipe_containers
from vitrina_embedded.downloads import TOOLS
from vitrina_embedded.exclusion import alone
from vitrina_embedded.home import Home
from vitrina_embedded.leftovers import end_leftovers
from vitrina_embedded.postgres import drop_stale_pid
from vitrina_embedded.settings import Settings
from vitrina_embedded.supervision import Supervisor


def down(settings: Settings) -> None:
    """Stops every process and container; data stays."""
    home = Home(settings.home)
    if not home.path.exists():
        print("Nothing of Vitrina runs here.")
        return
    home.prepare()
    with alone(home):
        print("Vitrina is stopped; its data stays." if stop_everything(home) else "Nothing of Vitrina runs here.")


def wipe(settings: Settings) -> None:
    """Stops everything and deletes data, logs, secrets and containers; fetched programs stay.

    Raises:
        Refusal: the containers cannot be deleted.
    """
    home = Home(settings.home)
    if home.path.exists():
        home.prepare()
        with alone(home):
            stop_everything(home)
            wipe_containers(home)
            _delete(home)
    print("Vitrina's data, logs and secrets are deleted.")


def stop_everything(home: Home) -> bool:
    """Whether anything ran."""
    supervisor = Supervisor(home)
    ran = supervisor.is_running()
    home.ready_file.unlink(missing_ok=True)
    if ran:
        supervisor.stop()
    ran = end_leftovers(home) > 0 or ran
    ran = stop_containers(home) > 0 or ran
    drop_stale_pid(home)
    return ran


def _delete(home: Home) -> None:
    for entry in home.path.iterdir():
        if entry == TOOLS:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    if not any(home.path.iterdir()):
        home.path.rmdir()
    socket_folder = home.socket().parent
    if socket_folder != home.run:
        shutil.rmtree(socket_folder, ignore_errors=True)
