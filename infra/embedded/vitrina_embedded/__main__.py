"""`python -m vitrina_embedded up|down|wipe|alert-routes|alert-test`."""

import errno
import signal
import sys
from types import FrameType

from vitrina_embedded.alert_routes import apply_alert_routes, send_alert_test
from vitrina_embedded.down import down, wipe
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.settings import load_settings
from vitrina_embedded.supervision import last_lines
from vitrina_embedded.up import up

_COMMANDS = {
    "up": up,
    "down": down,
    "wipe": wipe,
    "alert-routes": apply_alert_routes,
    "alert-test": send_alert_test,
}
_INTERRUPTED = 130


def main(arguments: list[str]) -> int:
    """Exit status: 0, 1 with a sentence on stderr, 130 when interrupted."""
    if len(arguments) != 1 or arguments[0] not in _COMMANDS:
        print(f"usage: python -m vitrina_embedded {'|'.join(_COMMANDS)}", file=sys.stderr)
        return 2
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        _COMMANDS[arguments[0]](load_settings())
    except Refusal as refusal:
        _print(refusal)
        return 1
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        print("\nThe disk is full: free some space and run this again.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; nothing is left running.", file=sys.stderr)
        return _INTERRUPTED
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _print(refusal: Refusal) -> None:
    print(f"\n{refusal}", file=sys.stderr)
    if refusal.log is not None:
        print(f"The last lines of {refusal.log}:\n{last_lines(refusal.log)}", file=sys.stderr)


sys.exit(main(sys.argv[1:]))
