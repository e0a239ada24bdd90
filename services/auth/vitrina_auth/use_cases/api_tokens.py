"""Personal API tokens: made and removed by their owners, who may give them no more than they have."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from vitrina_auth.domain.api_token import MOST_TOKENS, ApiToken, new_value
from vitrina_auth.domain.audit import Action
from vitrina_auth.domain.errors import InvalidField, UnknownThing
from vitrina_auth.domain.session import digest
from vitrina_auth.use_cases.actors import Actor, entry, hold_self, present
from vitrina_auth.use_cases.ports import Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiTokenDraft:
    name: str
    scope: str
    lifetime: timedelta


async def list_own_tokens(parts: Parts, actor: Actor) -> Sequence[ApiToken]:
    async with parts.open_unit() as unit:
        return await unit.api_tokens.of((await present(unit, actor)).id)


async def create_token(parts: Parts, actor: Actor, draft: ApiTokenDraft) -> tuple[ApiToken, str]:
    """The token and its value, which is told this once.

    Raises:
        NameTaken: the caller has a token of this name.
        InvalidField: the caller has too many tokens.
    """
    value = new_value()
    async with parts.open_unit() as unit:
        user = await hold_self(unit, actor)
        if len(await unit.api_tokens.of(user.id)) >= MOST_TOKENS:
            raise InvalidField("name", f"at most {MOST_TOKENS} tokens; delete one that is not used")
        now = parts.clock()
        token = ApiToken(
            id=uuid4(),
            user_id=user.id,
            name=draft.name,
            scope=draft.scope,
            digest=digest(value),
            created_at=now,
            expires_at=now + draft.lifetime,
        )
        await unit.api_tokens.add(token)
        await unit.audit.add(
            entry(parts, actor, Action.TOKEN_CREATED, user.username, token=draft.name, scope=draft.scope)
        )
        await unit.commit()
    return token, value


async def delete_token(parts: Parts, actor: Actor, token_id: UUID) -> None:
    """Ends the token, and every access token that was got with it.

    Raises:
        UnknownThing: the caller has no such token.
    """
    async with parts.open_unit() as unit:
        user = await hold_self(unit, actor)
        token = next((token for token in await unit.api_tokens.of(user.id) if token.id == token_id), None)
        if token is None:
            raise UnknownThing("token")
        await unit.api_tokens.remove([token_id])
        await unit.revocations.add([token.sid(user.revision)], parts.clock())
        await unit.audit.add(entry(parts, actor, Action.TOKEN_DELETED, user.username, token=token.name))
        await unit.commit()
