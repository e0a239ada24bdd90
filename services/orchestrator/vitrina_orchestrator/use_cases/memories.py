"""What is remembered of all exporters, for those who look at more than one."""

from collections.abc import Iterable, Sequence

from vitrina_contracts.exporter import ObservedExporter

from vitrina_orchestrator.domain.observed import Instance
from vitrina_orchestrator.domain.probing import Probing
from vitrina_orchestrator.use_cases.memory import Memory, Standing


class Memories:
    def __init__(self) -> None:
        self._memories: dict[str, Memory] = {}

    def of(self, exporter: str) -> Memory:
        """Empty for one that is met for the first time."""
        return self._memories.setdefault(exporter, Memory())

    def known(self, exporter: str) -> Memory | None:
        return self._memories.get(exporter)

    def forget(self, exporter: str) -> None:
        self._memories.pop(exporter, None)

    def names(self) -> set[str]:
        return set(self._memories)

    def note_present(self, instances: Iterable[Instance]) -> set[str]:
        """Remembers which shards there are, so that those beyond the wanted number are seen; names of exporters."""
        present: dict[str, set[int]] = {}
        for instance in instances:
            present.setdefault(instance.exporter, set()).add(instance.shard)
        for exporter, numbers in present.items():
            memory = self.of(exporter)
            for number in numbers:
                memory.shard(number)
        return set(present)

    def count_missed_reads(self, missing: set[str], desired: set[str]) -> None:
        for name in missing:
            self.of(name).missed_reads += 1
        for name in desired & self.names():
            self.of(name).missed_reads = 0

    def watched(self) -> dict[str, bool]:
        """Exporters that run, and whether each is settled."""
        return {name: memory.is_settled for name, memory in self._memories.items() if _runs(memory.published)}

    def probing_of(self, exporter: str) -> Probing | None:
        """Whom it shall probe, as last read; null before it has been read, and for one that probes nobody."""
        memory = self.known(exporter)
        return memory.probing if memory is not None else None

    def publish_anew(self) -> set[str]:
        """After a connection to the bus, which may have lost everything: every status is news again."""
        for memory in self._memories.values():
            memory.published = None
        return self.names()

    def standings(self) -> Sequence[Standing]:
        """Of the exporters that should be and whose status has been published."""
        return [
            Standing(name, memory.platform, published.phase.value, memory.revision, published.applied_revision)
            for name, memory in self._memories.items()
            if (published := memory.published) is not None and memory.platform is not None and not memory.deleted
        ]


def _runs(observed: ObservedExporter | None) -> bool:
    return observed is not None and observed.started_at is not None
