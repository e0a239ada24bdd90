"""Back to the old version with its data."""

from vitrina_embedded.down import stop_everything
from vitrina_embedded.home import ROOT, Home
from vitrina_embedded.processes import EDGE
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.supervision import Supervisor
from vitrina_embedded.upgrade.kept_data import put_back
from vitrina_embedded.upgrade.note import Note, forget_note, read_note


def give_back(home: Home) -> Note | None:
    """When an upgrade was cut short, stops what runs of it and puts the data of the old version back; else nothing.

    To be called alone. May be cut short anywhere and called again.
    """
    note = read_note(home)
    if note is None:
        return None
    if home.ready_file.exists() and Supervisor(home).is_running():  # it was not stopped yet, but for its edge
        Supervisor(home).start_again(EDGE)
    else:
        stop_everything(home)
        put_back(home, note.kept)
    forget_note(home)
    return note


def give_back_before_start(home: Home) -> None:
    """For `make up`: nobody was left to return, as after a power failure.

    Raises:
        Refusal: this is not the version to which the data belong.
    """
    note = give_back(home)
    if note is None:
        return
    sentence = f"An upgrade to {note.new_version} was cut short; the data of {note.old_version} are back."
    if note.old != ROOT:
        raise Refusal(f"{sentence} Run `make up` in {note.old}, or the upgrade again.")
    print(sentence)
