"""The version stands in the root's pyproject.toml; everywhere else it is a copy, made and compared by this.

version.py            fails, naming the files, when a copy says something else
version.py 1.2.3      writes it everywhere
"""

import re
import sys
import tomllib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
_NUMBER: Final = r"\d+\.\d+\.\d+"
_PLACES: Final = (
    ("pyproject.toml", rf'^version = "({_NUMBER})"'),
    ("cli/pyproject.toml", rf'^version = "({_NUMBER})"'),
    ("services/*/pyproject.toml", rf'^version = "({_NUMBER})"'),
    ("exporters/*/pyproject.toml", rf'^version = "({_NUMBER})"'),
    ("infra/embedded/pyproject.toml", rf'^version = "({_NUMBER})"'),
    ("services/auth/vitrina_auth/app.py", rf'^VERSION: Final = "({_NUMBER})"'),
    ("services/metrics-gateway/vitrina_gateway/app.py", rf'^VERSION: Final = "({_NUMBER})"'),
    ("services/orchestrator/vitrina_orchestrator/settings.py", rf'^    image_tag: .* = "({_NUMBER})"'),
    ("services/orchestrator/README.md", rf"VITRINA_IMAGE_TAG` \| none, `({_NUMBER})`"),
    ("infra/embedded/vitrina_embedded/settings.py", rf'^    image_tag: .* = "({_NUMBER})"'),
    ("exporters/*/vitrina_*/platform.py", rf'^    version = "({_NUMBER})"'),
    ("infra/debian/images.env", rf"[:=]({_NUMBER})$"),
    (".env.example", rf"^VITRINA_IMAGE_TAG=({_NUMBER})$"),
    ("compose.yaml", rf"VITRINA_IMAGE_TAG:-({_NUMBER})"),
    ("web/package.json", rf'^  "version": "({_NUMBER})"'),
    ("web/package-lock.json", rf'"name": "vitrina-web",\n +"version": "({_NUMBER})"'),
)
"""Files, and the one group in each match of a pattern that is the version."""


def main(arguments: list[str]) -> int:
    """Exit status."""
    if arguments:
        if not re.fullmatch(_NUMBER, arguments[0]):
            print("usage: version.py [MAJOR.MINOR.PATCH]", file=sys.stderr)
            return 2
        for path, pattern in places():
            write(path, pattern, arguments[0])
        print("Now `make contracts`, and a heading in CHANGELOG.md.")
        return 0
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    wrong = [str(path.relative_to(ROOT)) for path, pattern in places() if found(path, pattern) != {wanted}]
    if wrong:
        print(f"Not at version {wanted}, or without one: {', '.join(wrong)}", file=sys.stderr)
    return 1 if wrong else 0


def places() -> list[tuple[Path, re.Pattern[str]]]:
    return [(path, re.compile(pattern, re.MULTILINE)) for glob, pattern in _PLACES for path in sorted(ROOT.glob(glob))]


def found(path: Path, pattern: re.Pattern[str]) -> set[str]:
    return set(pattern.findall(path.read_text("utf-8")))


def write(path: Path, pattern: re.Pattern[str], version: str) -> None:
    def replaced(match: re.Match[str]) -> str:
        start, end = (place - match.start() for place in match.span(1))
        return match.group()[:start] + version + match.group()[end:]

    path.write_text(pattern.sub(replaced, path.read_text("utf-8")), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
