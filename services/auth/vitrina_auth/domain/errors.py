# ruff: noqa: N818 - a refusal is named for what was refused
"""Refusals in the words of the domain; `api/problems.py` says what they become in HTTP."""


class AuthError(Exception):
    """Base of everything that auth refuses."""


class WrongCredentials(AuthError):
    """Unknown user, wrong password or disabled user: one error for the three, so that nobody learns which."""


class SecondFactorMissing(AuthError):
    """The password is right; a code of the second factor must come with it."""


class WrongClient(AuthError):
    """Unknown or ended client or API token, or a wrong secret."""


class TooManyAttempts(AuthError):
    """The account's back-off is running."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"try again in {retry_after} s")
        self.retry_after = retry_after


class TooBusy(AuthError):
    """More passwords wait to be checked than can be in reasonable time."""


class SessionOver(AuthError):
    """No session, an expired or a revoked one."""


class NotSignedIn(AuthError):
    """The token is valid, but its user is gone or disabled."""


class RightLost(AuthError):
    """The token says admin, but the user no longer is one."""


class UnknownUser(AuthError):
    def __init__(self, username: str) -> None:
        super().__init__(f"there is no user {username}")
        self.username = username


class UserExists(AuthError):
    def __init__(self, username: str) -> None:
        super().__init__(f"there already is a user {username}")
        self.username = username


class NameTaken(AuthError):
    """What is made must have a name of its own."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the name {name} is taken")
        self.name = name


class UnknownThing(AuthError):
    """No such session, token, client or invitation of the caller's."""

    def __init__(self, what: str) -> None:
        super().__init__(f"there is no such {what}")
        self.what = what


class LastAdmin(AuthError):
    """The change would leave no enabled admin."""


class RevisionChanged(AuthError):
    """Somebody changed the user since the caller read it."""

    def __init__(self, revision: int) -> None:
        super().__init__(f"the newest revision is {revision}")
        self.revision = revision


class InvalidField(AuthError):
    """One field of the input does not fit; `message` says what would."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class NoSigningKey(AuthError):
    """No key could be loaded yet, so no token can be signed."""


class StoreUnavailable(AuthError):
    """The database cannot be asked right now."""
