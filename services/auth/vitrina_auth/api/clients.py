"""Service clients, for admins."""

from fastapi import Response
from vitrina_kit.http_app import create_router

from vitrina_auth.api.deps import AdminActor, Parts
from vitrina_auth.api.machine_schemas import ClientList, ClientView, NewClient, NewClientBody
from vitrina_auth.domain.client import Client
from vitrina_auth.use_cases.clients import create_client, delete_client, list_clients, replace_secret

router = create_router("/api/auth/clients", tags=["clients"])


@router.get("")
async def list_all_clients(actor: AdminActor, parts: Parts) -> ClientList:
    return ClientList(items=[ClientView.of(client) for client in await list_clients(parts, actor)])


@router.post("", status_code=201)
async def create(actor: AdminActor, parts: Parts, body: NewClientBody, response: Response) -> NewClient:
    """Another system, with rights of its own. `client_secret` is told this once."""
    return _with_secret(response, *await create_client(parts, actor, body.draft()))


@router.post("/{client_id}/secret")
async def replace(actor: AdminActor, parts: Parts, client_id: str, response: Response) -> NewClient:
    """A new secret; the old one ends at once."""
    return _with_secret(response, *await replace_secret(parts, actor, client_id))


@router.delete("/{client_id}", status_code=204)
async def delete(actor: AdminActor, parts: Parts, client_id: str) -> Response:
    await delete_client(parts, actor, client_id)
    return Response(status_code=204)


def _with_secret(response: Response, client: Client, secret: str) -> NewClient:
    response.headers["Cache-Control"] = "no-store"
    return NewClient(**ClientView.of(client).model_dump(), client_secret=secret)
