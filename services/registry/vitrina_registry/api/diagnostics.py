from datetime import datetime

from pydantic import BaseModel
from vitrina_kit.http_app import create_router
from vitrina_kit.token_check import Admin

from vitrina_registry.api.deps import ExistingExporter, WorldDep
from vitrina_registry.api.history_schemas import AuditEntryView
from vitrina_registry.api.schemas import ExporterView, SourceView
from vitrina_registry.domain.scope import visible_exporter
from vitrina_registry.use_cases import diagnostics
from vitrina_registry.use_cases.sources import visible_source

router = create_router("/exporters", tags=["exporters"])


class DiagnosticsView(BaseModel):
    """Secrets are masked, also in the log."""

    at: datetime
    exporter: ExporterView
    sources: list[SourceView]
    changes: list[AuditEntryView]
    log: list[str]
    log_problem: str | None


@router.get("/{name}/diagnostics")
async def read_diagnostics(world: WorldDep, caller: Admin, name: ExistingExporter) -> DiagnosticsView:
    """What to send along when asking for help: state, masked configuration, last changes, last lines of the log."""
    found = await diagnostics.diagnose(world, name)
    names = [source.name for source in found.sources]
    return DiagnosticsView(
        at=world.now(),
        exporter=ExporterView.of(visible_exporter(found.exporter, names, caller), world.catalogue),
        sources=[SourceView.of(visible_source(world, found.exporter, source, caller)) for source in found.sources],
        changes=[AuditEntryView.of(entry) for entry in found.changes],
        log=found.log,
        log_problem=found.log_problem,
    )
