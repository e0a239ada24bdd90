"""Ciphertexts open only with a key at hand, and only for the source and field they were made for."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from vitrina_registry.adapters.vault import FernetVault
from vitrina_registry.domain.errors import UnreadableSecretError


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    path = tmp_path / "keys"
    path.write_bytes(Fernet.generate_key() + b"\n\n" + Fernet.generate_key() + b"\n")
    return path


def test_what_was_sealed_opens_for_the_same_source_and_field(keys: Path) -> None:
    vault = FernetVault.from_file(keys)
    sealed = vault.seal("north", "token", "пароль")
    assert "пароль" not in sealed
    assert FernetVault.from_file(keys).open("north", "token", sealed) == "пароль"


@pytest.mark.parametrize(("source", "field"), [("south", "token"), ("north", "password"), ("token", "north")])
def test_a_moved_ciphertext_does_not_open(keys: Path, source: str, field: str) -> None:
    vault = FernetVault.from_file(keys)
    with pytest.raises(UnreadableSecretError):
        vault.open(source, field, vault.seal("north", "token", "x"))


def test_old_keys_open_and_lost_keys_do_not(keys: Path) -> None:
    sealed = FernetVault.from_file(keys).seal("north", "token", "x")
    new = Fernet.generate_key().decode()
    keys.write_text(f"{new}\n{keys.read_text()}")
    assert FernetVault.from_file(keys).open("north", "token", sealed) == "x"
    keys.write_text(new)
    with pytest.raises(UnreadableSecretError):
        FernetVault.from_file(keys).open("north", "token", sealed)


@pytest.mark.parametrize("content", ["", "\n \n", "canary-key\n"])
def test_a_file_without_keys_is_refused_without_showing_it(keys: Path, content: str) -> None:
    keys.write_text(content)
    with pytest.raises(ValueError, match=str(keys)) as caught:
        FernetVault.from_file(keys)
    assert "canary" not in str(caught.value)
