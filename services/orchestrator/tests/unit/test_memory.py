from dataclasses import replace
from datetime import UTC, datetime, timedelta

from vitrina_contracts.exporter import ExporterSelfStatus, ObservedExporter, Phase, SourceState
from vitrina_orchestrator.domain.desired import InstanceSpec, Wanted
from vitrina_orchestrator.domain.observed import Instance, WrittenConfig
from vitrina_orchestrator.use_cases.memory import Memory, ShardMemory

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
SPEC = InstanceSpec("cubicmedia", "cubicmedia", "vitrina/cubicmedia", "vitrina_cubicmedia", 9000, "/metrics", 0)
WANTED = Wanted(SPEC, revision=7, enabled=True, deleted=False, config=b"{}")
INSTANCE = Instance("cubicmedia", SPEC, running=True, id="1")
STATUS = ExporterSelfStatus(exporter="cubicmedia", platform="cubicmedia", version="1", config_revision=7, sources=[])


class HandClock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def observed(**changes: object) -> ObservedExporter:
    return ObservedExporter.model_validate({"phase": Phase.RUNNING, "observed_at": NOW} | changes)


def polled(seconds: float, **changes: object) -> ObservedExporter:
    later = NOW + timedelta(seconds=seconds)
    source = {"name": "shop-1", "up": True, "next_poll_at": later, "last_success_at": later}
    return observed(observed_at=later, sources=[SourceState.model_validate(source | changes)])


def test_a_status_is_news_once_and_again_as_a_heartbeat() -> None:
    memory = Memory(clock := HandClock())
    assert memory.is_news(observed())
    memory.note_published(observed())
    clock.seconds += 59
    assert not memory.is_news(observed(observed_at=NOW + timedelta(seconds=59)))
    clock.seconds += 1
    assert memory.is_news(observed())


def test_a_change_is_news_at_once_but_times_that_move_on_are_not() -> None:
    memory = Memory(clock := HandClock())
    memory.note_published(polled(0))
    assert memory.is_news(polled(0, devices=5))
    assert memory.is_news(polled(0, up=False))
    assert not memory.is_news(polled(10))
    clock.seconds += 15
    assert memory.is_news(polled(10))


def test_silence_is_counted_from_the_last_word_of_the_same_instance() -> None:
    shard = ShardMemory(clock := HandClock())
    assert shard.note_answer(INSTANCE, STATUS).silent_seconds == 0
    clock.seconds += 30
    answer = shard.note_answer(INSTANCE, None)
    assert (answer.status, answer.silent_seconds) == (STATUS, 30)
    other = shard.note_answer(Instance("cubicmedia", SPEC, running=True, id="2"), None)
    assert (other.status, other.silent_seconds) == (None, 0)


def test_a_revision_that_is_not_confirmed_is_counted_until_it_is() -> None:
    memory = Memory(clock := HandClock(), revision=8)
    answer = memory.shard(0).note_answer(INSTANCE, STATUS)
    assert memory.facts(0, INSTANCE, answer).unapplied_seconds == 0
    clock.seconds += 40
    assert memory.facts(0, INSTANCE, answer).unapplied_seconds == 40
    memory.revision = 7
    assert memory.facts(0, INSTANCE, answer).unapplied_seconds == 0


def test_being_busy_becomes_a_reason_only_when_it_lasts() -> None:
    shard = ShardMemory()
    for _ in range(2):
        shard.note_busy("another orchestrator works on it")
    assert shard.failure is None
    shard.note_busy("another orchestrator works on it")
    assert shard.failure == "another orchestrator works on it"
    shard.note_success()
    assert (shard.failure, shard.busy) == (None, 0)


def test_shards_that_were_seen_and_are_not_wanted_any_more_are_surplus() -> None:
    memory = Memory(wanted_shards=2)
    memory.shard(4)
    assert memory.numbers() == [0, 1, 4]
    assert [memory.is_surplus(number) for number in memory.numbers()] == [False, False, True]


def test_before_the_desired_state_is_read_nothing_is_surplus() -> None:
    memory = Memory()
    memory.shard(4)
    assert memory.numbers() == [0, 4]
    assert not memory.is_surplus(4)


def test_how_long_a_revision_has_been_confirmed_counts_from_its_first_confirmation_to_the_last_word() -> None:
    shard = ShardMemory(clock := HandClock())
    assert shard.note_answer(INSTANCE, STATUS).confirmed_seconds == 0
    clock.seconds += 8
    assert shard.note_answer(INSTANCE, STATUS).confirmed_seconds == 8
    clock.seconds += 30
    assert shard.note_answer(INSTANCE, None).confirmed_seconds == 8
    newer = STATUS.model_copy(update={"config_revision": 8})
    assert shard.note_answer(INSTANCE, newer).confirmed_seconds == 0


def test_a_refused_configuration_is_tried_again_after_pauses_that_grow() -> None:
    shard = ShardMemory(clock := HandClock())
    dead = Instance("cubicmedia", SPEC, ended_at=NOW, exit_code=7, last_words="cannot go on")
    served = Instance("cubicmedia", SPEC, WrittenConfig(6, "another"), running=True, id="2")
    for pause in (300, 600, 1200, 2400, 3600, 3600):
        shard.note_refused(WANTED, dead, serving_revision=6)
        assert shard.refuses(WANTED.config_digest)
        clock.seconds += pause - 1
        assert shard.refuses(WANTED.config_digest)
        clock.seconds += 1
        assert not shard.refuses(WANTED.config_digest)
    assert shard.trouble(served) == (
        "did not survive the configuration of revision 7 (it ended with exit code 7: cannot go on); "
        "revision 6 serves again, another try follows after 60 min or a change"
    )


def test_a_change_ends_the_refusal_and_its_reason() -> None:
    shard = ShardMemory(HandClock())
    shard.note_refused(WANTED, INSTANCE, serving_revision=6)
    changed = replace(WANTED, revision=8, config=b"[]")
    assert not shard.refuses(changed.config_digest)
    assert shard.trouble(replace(INSTANCE, config=WrittenConfig(8, changed.config_digest))) is None
