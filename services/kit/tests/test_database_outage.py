"""An error of the database is told apart from an error of the question."""

import pytest
from sqlalchemy.exc import IntegrityError, InterfaceError, InternalError, OperationalError, ProgrammingError
from vitrina_kit.database import is_outage

ORIGINAL = Exception("from the driver")


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError, InternalError])
def test_a_connection_that_is_of_no_use_any_more_is_an_outage(kind: type[OperationalError]) -> None:
    assert is_outage(kind("SELECT 1", {}, ORIGINAL))


@pytest.mark.parametrize("kind", [IntegrityError, ProgrammingError])
def test_a_question_that_does_not_fit_is_none(kind: type[IntegrityError]) -> None:
    assert not is_outage(kind("SELECT 1", {}, ORIGINAL))


@pytest.mark.parametrize("error", [ConnectionRefusedError(), TimeoutError()])
def test_nobody_there_is_an_outage(error: Exception) -> None:
    assert is_outage(error)
