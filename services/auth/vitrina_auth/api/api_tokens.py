"""The caller's personal API tokens."""

from uuid import UUID

from fastapi import Response
from vitrina_kit.http_app import create_router

from vitrina_auth.api.deps import CallerActor, Parts
from vitrina_auth.api.machine_schemas import ApiTokenList, ApiTokenView, NewApiToken, NewApiTokenBody
from vitrina_auth.use_cases.api_tokens import create_token, delete_token, list_own_tokens

router = create_router("/api/auth/me/tokens", tags=["tokens"])


@router.get("")
async def list_my_tokens(actor: CallerActor, parts: Parts) -> ApiTokenList:
    return ApiTokenList(items=[ApiTokenView.of(token) for token in await list_own_tokens(parts, actor)])


@router.post("", status_code=201)
async def create_my_token(actor: CallerActor, parts: Parts, body: NewApiTokenBody, response: Response) -> NewApiToken:
    """A token for a script or a dashboard. `value` is told this once; it is sent as `Authorization: Bearer`."""
    token, value = await create_token(parts, actor, body.draft())
    response.headers["Cache-Control"] = "no-store"
    return NewApiToken(**ApiTokenView.of(token).model_dump(), value=value)


@router.delete("/{token_id}", status_code=204)
async def delete_my_token(actor: CallerActor, parts: Parts, token_id: UUID) -> Response:
    await delete_token(parts, actor, token_id)
    return Response(status_code=204)
