"""`POST /internal/v1/check`: does a source work, before it is saved. Stores nothing; the body holds credentials."""

from fastapi import APIRouter, Depends
from vitrina_contracts.source_check import CheckRequest, SourceCheck
from vitrina_kit.http_app import require_bearer
from vitrina_kit.problem_handlers import too_many_requests, unavailable

from vitrina_orchestrator.domain.errors import ChecksBusyError, CheckUnavailableError
from vitrina_orchestrator.use_cases.ports import Checks


def check_routes(checks: Checks, token: str) -> APIRouter:
    router = APIRouter(prefix="/internal/v1", dependencies=[Depends(require_bearer(token))])

    @router.post("/check")
    async def check(request: CheckRequest) -> SourceCheck:
        try:
            return await checks.check(request)
        except ChecksBusyError as error:
            raise too_many_requests(f"{error}.".capitalize(), retry_after=2) from error
        except CheckUnavailableError as error:
            raise unavailable(f"The source cannot be tried: {error}.", retry_after=60) from error

    return router
