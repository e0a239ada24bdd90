"""What each refusal of the domain becomes in HTTP."""

from typing import Final

from vitrina_contracts.problems import FieldError, ProblemType
from vitrina_kit.problem_handlers import (
    ErrorMapping,
    Problem,
    conflict,
    forbidden,
    invalid,
    not_found,
    precondition_failed,
    too_many_requests,
    unauthenticated,
    unavailable,
)

from vitrina_auth.domain.errors import (
    InvalidField,
    LastAdmin,
    NameTaken,
    NoSigningKey,
    NotSignedIn,
    RevisionChanged,
    RightLost,
    SecondFactorMissing,
    SessionOver,
    StoreUnavailable,
    TooBusy,
    TooManyAttempts,
    UnknownThing,
    UnknownUser,
    UserExists,
    WrongClient,
    WrongCredentials,
)


def _wrong_credentials(_: WrongCredentials) -> Problem:
    detail = "The user name or the password is wrong."
    headers = {"WWW-Authenticate": "Bearer"}
    return Problem(ProblemType.WRONG_CREDENTIALS, 401, "Wrong credentials", detail, headers=headers)


def _too_many_attempts(error: TooManyAttempts) -> Problem:
    seconds = error.retry_after
    return too_many_requests(f"Too many wrong passwords; try again in {seconds} s.", seconds)


def _user_exists(error: UserExists) -> Problem:
    detail = f"There already is a user {error.username}; names that differ in case only count as the same."
    return conflict(detail, [FieldError(field="username", message="this name is taken")])


def _invalid_field(error: InvalidField) -> Problem:
    return invalid(f"Check {error.field}: {error.message}.", [FieldError(field=error.field, message=error.message)])


def _revision_changed(error: RevisionChanged) -> Problem:
    return precondition_failed(f"The newest revision is {error.revision}; read it again before you change it.")


ERRORS: Final[ErrorMapping] = {
    WrongCredentials: _wrong_credentials,
    SecondFactorMissing: lambda _: unauthenticated(
        "Send the code of your second factor, too.", ProblemType.SECOND_FACTOR_REQUIRED
    ),
    WrongClient: lambda _: unauthenticated("The client or its secret is wrong, or the API token is not good any more."),
    TooManyAttempts: _too_many_attempts,
    TooBusy: lambda _: unavailable("Too many people sign in at this moment; try again in a few seconds.", 5),
    SessionOver: lambda _: unauthenticated("The session is over; sign in again."),
    NotSignedIn: lambda _: unauthenticated("The user of this token is gone or disabled; sign in again."),
    RightLost: lambda _: forbidden("This needs the role admin, which you no longer have; sign in again."),
    UnknownUser: lambda error: not_found(f"There is no user {error.username}."),
    UserExists: _user_exists,
    NameTaken: lambda error: conflict(
        f"There already is one named {error.name}.", [FieldError(field="name", message="this name is taken")]
    ),
    UnknownThing: lambda error: not_found(f"There is no such {error.what}."),
    LastAdmin: lambda _: conflict("This is the last enabled admin; make another user an admin first."),
    RevisionChanged: _revision_changed,
    InvalidField: _invalid_field,
    NoSigningKey: lambda _: unavailable("No signing key could be loaded yet."),
    StoreUnavailable: lambda _: unavailable("The database of auth does not answer right now."),
}
