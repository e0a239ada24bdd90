"""The templates of `infra/`: `@{name}` stands for what differs between installations."""

from pathlib import Path
from string import Template
from typing import Final

from vitrina_embedded.home import ROOT

INFRA: Final = ROOT / "infra"


class _Template(Template):
    delimiter = "@"  # a dollar sign means something in the files themselves


def fill_in(path: Path, **names: object) -> str:
    """The file with every name filled in. Raises KeyError for a name that is not given."""
    return _Template(path.read_text(encoding="utf-8")).substitute(names)
