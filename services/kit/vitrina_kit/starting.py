"""The first lines of a service's process, before anything of it is imported.

What is imported lives as long as the process. The collector of garbage would walk it again and again while it grows, a
tenth of the processor time of a start, and again at each full collection afterwards.
"""

import gc
import sys
from importlib import import_module
from typing import NoReturn


def start(module: str) -> NoReturn:
    """Imports `module`, calls its `main`, and exits with what that answers."""
    gc.disable()
    main = import_module(module).main
    gc.freeze()
    gc.enable()
    sys.exit(main())
