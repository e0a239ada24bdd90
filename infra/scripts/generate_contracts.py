"""Writes what follows from the code: OpenAPI of each service, AsyncAPI, the manifest's JSON Schema, the web's types.

With `--check` it writes nothing and fails, naming each file that is not what the code says.
"""

import importlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml
from vitrina_contracts import asyncapi
from vitrina_contracts.manifest import Manifest
from vitrina_embedded import web_build
from vitrina_embedded.downloads import from_environment
from vitrina_embedded.home import ROOT

GENERATED = ROOT / "services" / "contracts" / "generated"
WEB_TYPES = ROOT / "web" / "src" / "api" / "generated"
SERVICES = ("auth", "registry", "gateway")


def main() -> int:
    contracts = expected_contracts()
    if "--check" not in sys.argv:
        for path, text in contracts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        generate_web_types()
        return 0
    stale = [path for path, text in contracts.items() if not path.exists() or path.read_text("utf-8") != text]
    if not stale:
        stale = stale_web_types()
    for path in stale:
        print(f"{path.relative_to(ROOT)} is not what the code says: run `make contracts` and commit it.")
    return 1 if stale else 0


def expected_contracts() -> dict[Path, str]:
    """Text of every generated contract by its path."""
    documents = {f"openapi/{name}.json": openapi(name) for name in SERVICES}
    documents["manifest.schema.json"] = Manifest.model_json_schema()
    texts = {
        name: json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
        for name, document in documents.items()
    }
    texts["asyncapi.yaml"] = yaml.dump(
        asyncapi.document(), Dumper=_Plain, allow_unicode=True, sort_keys=False, width=120
    )
    return {GENERATED / name: text for name, text in texts.items()}


class _Plain(yaml.SafeDumper):
    """Writes what occurs twice twice: a reference of YAML is no reference of AsyncAPI."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def openapi(service: str) -> dict[str, object]:
    document: dict[str, object] = importlib.import_module(f"vitrina_{service}.app").openapi()
    return document


def generate_web_types() -> None:
    npm = str(from_environment("npm"))
    environment = web_build.node_environment()
    command = [npm, "run", "--silent", "generate"]
    subprocess.run(command, cwd=web_build.WEB, env=environment, stdout=subprocess.DEVNULL, check=True)


def stale_web_types() -> list[Path]:
    """Generates them anew beside a copy of the present ones, which is put back."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "kept"
        shutil.copytree(WEB_TYPES, kept)
        try:
            generate_web_types()
            return [WEB_TYPES / name for name in different(kept, WEB_TYPES)]
        finally:
            shutil.rmtree(WEB_TYPES)
            shutil.copytree(kept, WEB_TYPES)


def different(one: Path, other: Path) -> list[Path]:
    """Relative paths of files that only one folder has or that differ."""
    texts = [
        {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (one, other)
    ]
    return sorted(name for name in texts[0].keys() | texts[1].keys() if texts[0].get(name) != texts[1].get(name))


if __name__ == "__main__":
    sys.exit(main())
