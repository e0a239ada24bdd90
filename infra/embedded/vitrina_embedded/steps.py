"""What `make up` shows while it works: named steps, each with its time; a spinner when somebody watches."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape


class Steps:
    """Prints steps as `[2/8] Build the web UI ... 14.2 s`."""

    def __init__(self, total: int) -> None:
        self.console = Console(highlight=False, soft_wrap=True)
        self._total = total
        self._number = 0

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        self._number += 1
        label = escape(f"[{self._number}/{self._total}] {title}")
        started = time.monotonic()
        if self.console.is_terminal:
            with self.console.status(label):
                yield
            self.console.print(f"[green]✓[/green] {label} [dim]{time.monotonic() - started:.1f} s[/dim]")
        else:
            self.console.print(f"{label} ...", end="")
            try:
                yield
            except BaseException:
                self.console.print()
                raise
            self.console.print(f" {time.monotonic() - started:.1f} s")

    def note(self, sentence: str) -> None:
        """Something that a person should know and that stops nothing."""
        self.console.print(f"[yellow]Note:[/yellow] {escape(sentence)}")

    def say(self, text: str) -> None:
        self.console.print(escape(text))
