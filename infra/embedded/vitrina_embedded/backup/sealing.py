r"""The archive's encryption. Nobody without the passphrase reads it, changes it, shortens it or joins two of them.

    vitrina-backup-1\n
    {"kdf": "scrypt", "n": .., "r": .., "p": .., "salt": "<base64>", "cipher": "AES-256-GCM", "chunk": 65536}\n
    chunk, chunk, ...

The key is scrypt(passphrase, salt). Each chunk is `chunk` bytes of the content, the last one fewer or none, sealed with
a nonce of eleven bytes that count the chunks from 0 and one byte that is 1 for the last: the construction STREAM, as in
age. Both lines of the header are the additional data of every chunk. The content is a gzipped tar.
"""

import base64
import io
import json
import os
from typing import BinaryIO, Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from vitrina_embedded.refusal import Refusal

MAGIC: Final = b"vitrina-backup-1\n"
_CHUNK: Final = 65536
_TAG: Final = 16
_SALT: Final = 16
_COST: Final = {"n": 2**16, "r": 8, "p": 1}
"""64 MiB and a fifth of a second for each guess."""
_HIGHEST_COST: Final = {"n": 2**20, "r": 16, "p": 4}
"""A header asks for no more, or a hostile file would take all memory."""
_LONGEST_HEADER: Final = 1024


class SealedWriter(io.RawIOBase):
    """Takes the content; `close` seals the last chunk, without which the archive does not open."""

    def __init__(self, target: BinaryIO, passphrase: str) -> None:
        self._target = target
        salt = os.urandom(_SALT)
        about = {**_COST, "salt": base64.b64encode(salt).decode(), "kdf": "scrypt", "cipher": "AES-256-GCM"}
        self._header = MAGIC + json.dumps({**about, "chunk": _CHUNK}).encode() + b"\n"
        self._cipher = AESGCM(_key(passphrase, salt, **_COST))
        self._waiting = bytearray()
        self._number = 0
        target.write(self._header)

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]  # any buffer, as io has it
        self._waiting += piece
        while len(self._waiting) > _CHUNK:  # one chunk stays: it may be the last
            self._seal(bytes(self._waiting[:_CHUNK]), last=False)
            del self._waiting[:_CHUNK]
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._seal(bytes(self._waiting), last=True)
        super().close()

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._number, last=last), chunk, self._header))
        self._number += 1


class SealedReader(io.RawIOBase):
    """The content, chunk by chunk, each of them authentic. Ends only where the archive ended when it was made."""

    def __init__(self, source: BinaryIO, cipher: AESGCM, header: bytes) -> None:
        self._source, self._cipher, self._header = source, cipher, header
        self._next = source.read(_CHUNK + _TAG)
        self._opened = memoryview(b"")
        self._number = 0
        self._ended = False

    @classmethod
    def open(cls, source: BinaryIO, passphrase: str) -> Self:
        """Raises:
        Refusal: it is no backup of ours, or the passphrase is another one.
        """
        magic = source.readline(len(MAGIC))
        line = source.readline(_LONGEST_HEADER)
        try:
            about = json.loads(line) if magic == MAGIC else {}
            cost = {name: int(about[name]) for name in _COST}
            salt = base64.b64decode(about["salt"])
        except (ValueError, KeyError, TypeError):
            raise Refusal("This file is no backup that this version of Vitrina can read.") from None
        if any(not 0 < cost[name] <= _HIGHEST_COST[name] for name in _COST) or about.get("chunk") != _CHUNK:
            raise Refusal("This file is no backup that this version of Vitrina can read.")
        reader = cls(source, AESGCM(_key(passphrase, salt, **cost)), magic + line)
        try:
            reader.fill()
        except Refusal:
            raise Refusal("The passphrase is not the one of this backup, or the file was changed.") from None
        return reader

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]  # any buffer, as io has it
        while not self._opened and not self._ended:
            self.fill()
        size = min(len(view), len(self._opened))
        view[:size] = self._opened[:size]
        self._opened = self._opened[size:]
        return size

    def fill(self) -> None:
        """Opens the next chunk.

        Raises:
            Refusal: the archive was changed or cut off.
        """
        chunk, self._next = self._next, self._source.read(_CHUNK + _TAG)
        last = not self._next
        try:
            opened = self._cipher.decrypt(_nonce(self._number, last=last), chunk, self._header)
        except InvalidTag:
            raise Refusal("The backup is damaged or incomplete: take another copy of it.") from None
        self._opened, self._ended, self._number = memoryview(opened), last, self._number + 1


def _key(passphrase: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=n, r=r, p=p).derive(passphrase.encode())


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes((last,))
