from dataclasses import asdict

from vitrina_contracts.exporter import DesiredExporter, DesiredSource
from vitrina_contracts.source_file import ExporterConfig
from vitrina_orchestrator.domain.desired import Polling, wanted_from
from vitrina_orchestrator.domain.naming import is_exporter_name

POLLING = Polling(60, 300, 20, ("127.0.0.0/8",))


def desired(*sources: DesiredSource, restart_generation: int = 0) -> DesiredExporter:
    return DesiredExporter(
        name="cubicmedia",
        type="cubicmedia",
        platform="cubicmedia",
        image="vitrina/cubicmedia",
        module="vitrina_cubicmedia",
        port=9000,
        metrics_path="/metrics",
        enabled=True,
        revision=7,
        restart_generation=restart_generation,
        sources=list(sources),
    )


def source(*, enabled: bool = True, **config: object) -> DesiredSource:
    return DesiredSource(name="shop-1", enabled=enabled, config=config)


def config_of(exporter: DesiredExporter) -> ExporterConfig:
    return ExporterConfig.model_validate_json(wanted_from(exporter, POLLING).config)


def test_the_configuration_carries_the_settings_of_the_installation() -> None:
    config = config_of(desired())
    assert (config.exporter, config.platform, config.revision) == ("cubicmedia", "cubicmedia", 7)
    assert (config.poll_interval_seconds, config.fresh_seconds) == (60, 300)
    assert config.private_endpoints == ["127.0.0.0/8"]


def test_disabled_sources_are_left_out() -> None:
    assert config_of(desired(source(enabled=False))).sources == []


def test_the_budget_of_the_source_wins_and_leaves_the_platforms_fields() -> None:
    (own,) = config_of(desired(source(api_url="https://vendor.example", request_budget=5))).sources
    assert (own.request_budget, own.config) == (5, {"api_url": "https://vendor.example"})
    (default,) = config_of(desired(source(api_url="https://vendor.example"))).sources
    assert default.request_budget == 20


def test_the_same_desired_state_compares_equal_and_a_restart_does_not() -> None:
    one, same = (wanted_from(desired(source(api_token="t")), POLLING) for _ in range(2))
    restarted = wanted_from(desired(source(api_token="t"), restart_generation=1), POLLING)
    assert one == same
    assert one.spec != restarted.spec


def test_credentials_are_neither_in_the_specification_nor_in_what_is_printed() -> None:
    wanted = wanted_from(desired(source(api_token="canary")), POLLING)
    assert "canary" not in repr(wanted)
    assert "canary" not in str(asdict(wanted.spec))


def test_names_that_cannot_be_an_exporters_are_told_apart() -> None:
    assert is_exporter_name("cubicmedia")
    assert not any(map(is_exporter_name, ["", "..", "Cubic", "a/b", "a" * 64, ".hidden", "cubicmedia\n"]))
