"""`vitrina ...`, also as `python -m vitrina_cli`."""

import sys
from typing import NoReturn

from rich.console import Console
from rich.markup import escape

from vitrina_cli.app import app
from vitrina_cli.failure import Exit, Failure


def main() -> NoReturn:
    """Ends with the exit status; what went wrong is said on stderr."""
    try:
        app(prog_name="vitrina")
    except Failure as failure:
        Console(stderr=True, highlight=False, soft_wrap=True, emoji=False).print(f"[red]{escape(str(failure))}[/red]")
        sys.exit(failure.status)
    except KeyboardInterrupt:
        sys.exit(Exit.INTERRUPTED)
    sys.exit(Exit.OK)


if __name__ == "__main__":
    main()
