"""Requests that happen once: the key is stored in the transaction of the change, the answer right after it.

So a request whose registry died in between is never carried out twice; its repetition is told that it was accepted.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession
from vitrina_contracts.manifest import Text

from vitrina_registry.adapters.outage import outage_told
from vitrina_registry.adapters.tables import IdempotencyRow
from vitrina_registry.domain.errors import ConflictError, FieldFault, InvalidError
from vitrina_registry.domain.intent import KeptAnswer, Once

KEPT_FOR: Final = timedelta(days=1)

_FIELD: Final = "Idempotency-Key"
_OTHER_REQUEST: Final = Text(
    en="this key came with another request before; take a new one for a new request",
    ru="этот ключ уже пришёл с другим запросом; для нового запроса нужен новый ключ",  # noqa: RUF001 - Russian
)
_NO_ANSWER: Final = Text(
    en="This request was accepted before, and its answer is not there; read what it made.",
    ru="Этот запрос уже был принят, но ответ на него не сохранился; прочитайте созданное.",
)


class KeptAnswers:
    def __init__(self, sessions: Callable[[], AsyncSession], now: Callable[[], datetime]) -> None:
        self._sessions = sessions
        self._now = now

    async def find(self, once: Once) -> KeptAnswer | None:
        with outage_told():
            async with self._sessions() as session:
                row = await session.get(IdempotencyRow, (once.actor, once.key))
        if row is None:
            return None
        if row.fingerprint != once.fingerprint:
            raise InvalidError(_OTHER_REQUEST, [FieldFault(_FIELD, _OTHER_REQUEST)])
        if row.answer is None:
            raise ConflictError(_NO_ANSWER, [FieldFault(_FIELD, _NO_ANSWER)])
        return KeptAnswer(**row.answer)

    async def keep(self, once: Once, answer: KeptAnswer) -> None:
        async with self._sessions() as session:
            await session.exec(
                update(IdempotencyRow)
                .where(col(IdempotencyRow.actor) == once.actor, col(IdempotencyRow.key) == once.key)
                .values(answer={"status": answer.status, "headers": dict(answer.headers), "body": answer.body})
            )
            await session.commit()

    async def prune(self) -> None:
        async with self._sessions() as session:
            await session.exec(delete(IdempotencyRow).where(col(IdempotencyRow.created_at) < self._now() - KEPT_FOR))
            await session.commit()


async def claim(session: AsyncSession, once: Once, now: datetime) -> None:
    """Stores the key with the change. Raises ConflictError when another request with it was quicker."""
    session.add(IdempotencyRow(actor=once.actor, key=once.key, fingerprint=once.fingerprint, created_at=now))
    try:
        await session.flush()
    except IntegrityError:
        raise ConflictError(_NO_ANSWER, [FieldFault(_FIELD, _NO_ANSWER)]) from None
