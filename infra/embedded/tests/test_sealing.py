"""An archive opens with its passphrase, whole and unchanged, or not at all."""

import io
import json
from typing import BinaryIO, cast

import pytest
from vitrina_embedded.backup.sealing import MAGIC, SealedReader, SealedWriter
from vitrina_embedded.refusal import Refusal

PASSPHRASE = "correct horse battery"
CHUNK = 65536
SEALED = CHUNK + 16
CONTENT = bytes(range(256)) * 600
"""Two chunks and a bit."""


def seal(content: bytes, passphrase: str = PASSPHRASE) -> bytes:
    target = io.BytesIO()
    with SealedWriter(target, passphrase) as sealed:
        for start in range(0, len(content), 10_000):
            sealed.write(content[start : start + 10_000])
    return target.getvalue()


def read(archive: bytes, passphrase: str = PASSPHRASE) -> bytes:
    return cast("BinaryIO", SealedReader.open(io.BytesIO(archive), passphrase)).read()


@pytest.fixture(scope="module")
def archive() -> bytes:
    return seal(CONTENT)


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_what_was_sealed_comes_back(size: int) -> None:
    content = (CONTENT * 2)[:size]
    assert read(seal(content)) == content


def test_nothing_of_the_content_shows_and_no_two_archives_are_alike(archive: bytes) -> None:
    assert CONTENT[:64] not in archive
    assert seal(b"x")[-17:] != seal(b"x")[-17:]


def test_another_passphrase_is_told_apart_from_another_file(archive: bytes) -> None:
    with pytest.raises(Refusal, match="The passphrase is not the one"):
        read(archive, "another passphrase")
    with pytest.raises(Refusal, match="no backup"):
        read(b"PK\x03\x04" + archive)


def body(archive: bytes) -> int:
    """Where the chunks begin."""
    return archive.index(b"\n", len(MAGIC)) + 1


def damaged(archive: bytes) -> dict[str, bytes]:
    start = body(archive)
    head, first, second, last = (
        archive[:start],
        archive[start : start + SEALED],
        archive[start + SEALED : start + 2 * SEALED],
        archive[start + 2 * SEALED :],
    )
    return {
        "a bit is another": archive[:-1] + bytes((archive[-1] ^ 1,)),
        "the end is missing": archive[:-100],
        "the last chunk is missing": head + first + second,
        "a chunk is missing": head + first + last,
        "two chunks are exchanged": head + second + first + last,
        "something follows": archive + b"more",
        "the header says something else": archive.replace(b'"AES-256-GCM"', b'"AES-256-gcm"'),
    }


def test_a_changed_archive_does_not_open(archive: bytes) -> None:
    for damage, changed in damaged(archive).items():
        assert changed != archive, damage
        with pytest.raises(Refusal):
            read(changed)


def test_a_header_that_would_take_all_memory_is_refused(archive: bytes) -> None:
    start = body(archive)
    about = {**json.loads(archive[len(MAGIC) : start]), "n": 2**40}
    with pytest.raises(Refusal, match="no backup"):
        read(MAGIC + json.dumps(about).encode() + b"\n" + archive[start:])
