"""`GET /export` and `POST /apply`: the whole declaration as YAML or JSON."""

import asyncio
import json
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

import yaml
from fastapi import Depends, Query, Request, Response
from pydantic import ValidationError
from vitrina_contracts.problems import FieldError
from vitrina_kit.plain_yaml import read_yaml, write_yaml
from vitrina_kit.problem_handlers import field_errors, invalid
from vitrina_kit.token_check import Admin

from vitrina_registry.api.deps import WorldDep
from vitrina_registry.api.transfer_schemas import ApplyReport, Document
from vitrina_registry.api.writing import WritingWorld, create_write_router
from vitrina_registry.domain.intent import Intent
from vitrina_registry.use_cases import transfer

router = create_write_router(tags=["declaration"])

_YAML: Final = "application/yaml"
_DOCUMENT: Final = {"schema": {"$ref": "#/components/schemas/Document"}}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {"required": True, "content": {"application/json": _DOCUMENT, _YAML: _DOCUMENT}}
}


class Mode(StrEnum):
    PLAN = "plan"
    APPLY = "apply"


async def _document(request: Request) -> Document:
    """Read in a thread: a large document takes seconds, and others are answered meanwhile."""
    content = await request.body()
    is_json = request.headers.get("content-type", "").partition(";")[0].strip() == "application/json"
    try:
        read = await asyncio.to_thread(json.loads if is_json else read_yaml, content)
        return Document.model_validate(read)
    except ValidationError as error:
        errors = field_errors([{**item, "loc": ("body", *item["loc"])} for item in error.errors()])
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        place = f" (line {mark.line + 1})" if (mark := getattr(error, "problem_mark", None)) else ""
        errors = [FieldError(field="body", message=f"is not a document that we can read{place}")]
    raise invalid(f"Check {errors[0].field}: {errors[0].message}.", errors)


@router.get(
    "/export",
    response_class=Response,
    responses={200: {"model": Document, "content": {_YAML: _DOCUMENT}}},
)
async def export(world: WorldDep, _caller: Admin, format: Literal["yaml", "json"] = "yaml") -> Response:  # noqa: A002 - the parameter's name outside
    """Exporters and sources as one document, to be kept in git and applied; without any secret."""
    document = Document.of(await transfer.export(world)).model_dump(mode="json")
    if format == "json":
        return Response(json.dumps(document, ensure_ascii=False, indent=2) + "\n", media_type="application/json")
    return Response(await asyncio.to_thread(write_yaml, document), media_type=_YAML)


@router.post("/apply", openapi_extra=_BODY)
async def apply(
    world: WritingWorld,
    caller: Admin,
    document: Annotated[Document, Depends(_document)],
    mode: Annotated[Mode, Query(description="plan: only tell what would change.")] = Mode.PLAN,
    prune: Annotated[bool, Query(description="Delete what the document does not name.")] = False,  # noqa: FBT002 - a query
) -> ApplyReport:
    """All of it or nothing. Applying the same document again changes nothing; absent secrets stay as they are."""
    world = world if mode is Mode.APPLY else world.meant(Intent(dry_run=True))
    return ApplyReport.of(mode.value, await transfer.apply(world, caller, document.declared(), prune=prune))
