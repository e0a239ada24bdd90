"""Users, for admins."""

from typing import Annotated

from fastapi import Query, Response
from vitrina_kit.http_app import create_router
from vitrina_kit.if_match import etag

from vitrina_auth.api.deps import AdminActor, Parts, SeenRevisions, Target
from vitrina_auth.api.user_schemas import (
    InvitationView,
    NewUserBody,
    OwnedView,
    ResetPassword,
    UserChangeBody,
    UserPage,
    UserView,
)
from vitrina_auth.domain.user import User
from vitrina_auth.use_cases.invitations import invite
from vitrina_auth.use_cases.second_factor import remove_of
from vitrina_auth.use_cases.users import (
    change_user,
    create_user,
    delete_user,
    list_users,
    read_owned,
    reset_password,
    sign_out_user,
)

router = create_router("/api/auth/users", tags=["users"])

Limit = Annotated[int, Query(ge=1, le=1000)]
Cursor = Annotated[str, Query(max_length=64, description="`next_cursor` of the page before.")]


@router.get("")
async def list_all(actor: AdminActor, parts: Parts, limit: Limit = 100, cursor: Cursor = "") -> UserPage:
    """Users in order of their names."""
    users, total, more = await list_users(parts, actor, cursor.replace("\0", ""), limit)
    items = [UserView.of(user) for user in users]
    return UserPage(items=items, total=total, next_cursor=items[-1].username if more else None)


@router.post("", status_code=201)
async def create(actor: AdminActor, parts: Parts, body: NewUserBody, response: Response) -> UserView:
    """Adds a user; a manager needs a list of sources, an admin sees them all."""
    user = await create_user(parts, actor, body.draft())
    response.headers["Location"] = f"/api/auth/users/{user.username}"
    return _view(user, response)


@router.get("/{username}")
async def read(_actor: AdminActor, target: Target, response: Response) -> UserView:
    return _view(target, response)


@router.patch("/{username}")
async def change(
    *,
    actor: AdminActor,
    target: Target,
    revisions: SeenRevisions,
    parts: Parts,
    body: UserChangeBody,
    response: Response,
) -> UserView:
    """Changes rights, state or password of a user, who is signed out everywhere."""
    return _view(await change_user(parts, actor, target.username, body.change(revisions)), response)


@router.delete("/{username}", status_code=204)
async def delete(actor: AdminActor, target: Target, revisions: SeenRevisions, parts: Parts) -> Response:
    await delete_user(parts, actor, target.username, revisions)
    return Response(status_code=204)


@router.post("/{username}/reset-password")
async def reset(actor: AdminActor, target: Target, parts: Parts, response: Response) -> ResetPassword:
    """A new password, which the user must change at the next sign-in; the user is signed out everywhere."""
    response.headers["Cache-Control"] = "no-store"
    return ResetPassword(password=await reset_password(parts, actor, target.username))


@router.post("/{username}/invitation")
async def create_invitation(actor: AdminActor, target: Target, parts: Parts, response: Response) -> InvitationView:
    """A link for a user without a password; a newer one replaces it. Good once, for three days."""
    response.headers["Cache-Control"] = "no-store"
    invitation = await invite(parts, actor, target)
    return InvitationView(token=invitation.secret, expires_at=invitation.expires_at)


@router.get("/{username}/owned")
async def owned(actor: AdminActor, target: Target, parts: Parts) -> OwnedView:
    """What the user has: ask before disabling or deleting the user."""
    return OwnedView.of(await read_owned(parts, actor, target.username))


@router.delete("/{username}/sessions", status_code=204)
async def sign_out(actor: AdminActor, target: Target, parts: Parts) -> Response:
    """Signs the user out everywhere."""
    await sign_out_user(parts, actor, target.username)
    return Response(status_code=204)


@router.delete("/{username}/second-factor", status_code=204)
async def remove_second_factor(actor: AdminActor, target: Target, parts: Parts) -> Response:
    """For somebody whose device is lost; the user is signed out everywhere."""
    await remove_of(parts, actor, target)
    return Response(status_code=204)


def _view(user: User, response: Response) -> UserView:
    response.headers["ETag"] = etag(user.revision)
    return UserView.of(user)
