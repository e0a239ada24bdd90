"""Which runtime exporters get, and why, in words for people: containers when an engine answers, else processes."""

from dataclasses import dataclass

from vitrina_embedded import containers
from vitrina_embedded.engine import Engine, EngineError
from vitrina_embedded.home import Home
from vitrina_embedded.installation import Containers
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.settings import Settings


@dataclass(frozen=True)
class Plan:
    """What is going to be tried. `tag` is that of the containers' images; empty for processes."""

    reason: str
    tag: str = ""
    has_images: bool = True

    @property
    def title(self) -> str:
        if not self.tag:
            return "Run exporters as processes"
        if self.has_images:
            return "Find the exporters' images and network"
        return "Make the exporters' images (seconds, once for each version)"


@dataclass(frozen=True)
class ExporterRuntime:
    """`containers` is null for processes."""

    reason: str
    containers: Containers | None = None

    @property
    def name(self) -> str:
        return "docker" if self.containers else "process"

    @property
    def title(self) -> str:
        return f"{'containers' if self.containers else 'processes'} ({self.reason})"


def plan_runtime(settings: Settings) -> Plan:
    """Changes nothing.

    Raises:
        Refusal: containers are wanted, and no engine answers.
    """
    if settings.runtime == "process":
        return Plan("VITRINA_RUNTIME says so")
    try:
        with Engine(settings.docker_host) as engine:
            version = engine.version()
            if settings.image_prefix:
                return Plan(f"{version} answers", settings.image_tag)
            tag = containers.image_tag(settings.image_tag)
            return Plan(f"{version} answers", tag, containers.are_images_here(engine, tag))
    except EngineError as error:
        return _without(settings, error)


def prepare_runtime(plan: Plan, settings: Settings, home: Home) -> ExporterRuntime:
    """Everything is there for the runtime, and nothing left of the other one.

    Raises:
        Refusal: containers are wanted and cannot be had.
    """
    reason = plan.reason
    if plan.tag:
        try:
            with Engine(settings.docker_host) as engine:
                made = containers.prepare(home, engine, settings.image_prefix, plan.tag, probe=settings.demo)
                return ExporterRuntime(reason, made)
        except EngineError as error:
            reason = _without(settings, error).reason
    try:
        containers.remove_containers(home)
    except EngineError as error:
        reason = f"{reason}; containers of former starts were left, for {error}"
    return ExporterRuntime(reason)


def _without(settings: Settings, error: EngineError) -> Plan:
    if settings.runtime == "docker":
        raise Refusal(
            f"VITRINA_RUNTIME=docker asks for containers, but {error}: mend that, or set VITRINA_RUNTIME=auto, with "
            "which exporters run as processes when they cannot be containers."
        ) from error
    return Plan(str(error))
