from dataclasses import asdict

import pytest
from vitrina_contracts.exporter import DesiredExporter, DesiredSource
from vitrina_contracts.selection import DeviceSelection
from vitrina_contracts.source_file import ExporterConfig, SetAside, WayOut
from vitrina_orchestrator.domain.desired import InstanceSpec, Polling, source_config, wanted_from
from vitrina_orchestrator.domain.naming import instance_name, instance_parts, is_exporter_name, is_instance_name

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


def test_each_source_carries_the_way_to_its_vendor_which_a_check_takes_too() -> None:
    way_out = WayOut(https_proxy="http://user:canary@proxy:3128", no_proxy=("10.0.0.0/8",), ca_certificates="PEM")
    polling = Polling(60, 300, 20, way_out=way_out)
    config = ExporterConfig.model_validate_json(wanted_from(desired(source(), source()), polling).config)
    assert {each.way_out for each in config.sources} == {way_out}
    assert source_config("tried", {}, polling).way_out == way_out
    assert "canary" not in repr(config)


def test_the_configuration_carries_the_settings_of_the_installation() -> None:
    config = config_of(desired())
    assert (config.exporter, config.platform, config.revision) == ("cubicmedia", "cubicmedia", 7)
    assert (config.poll_interval_seconds, config.fresh_seconds) == (60, 300)
    assert config.private_endpoints == ["127.0.0.0/8"]


def test_disabled_sources_are_left_out() -> None:
    assert config_of(desired(source(enabled=False))).sources == []


def test_sources_of_an_account_carry_what_they_select_and_disabled_ones_are_set_aside() -> None:
    moscow = source(enabled=False).model_copy(
        update={"name": "moscow", "account": "moscow", "selection": DeviceSelection(ids=("7",))}
    )
    others = source().model_copy(update={"account": "moscow", "selection": DeviceSelection(rest=True)})
    config = config_of(desired(moscow, others, source(enabled=False)))
    assert [(each.account, each.selection) for each in config.sources] == [("moscow", DeviceSelection(rest=True))]
    assert config.set_aside == [SetAside(name="moscow", account="moscow", selection=DeviceSelection(ids=("7",)))]


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


@pytest.mark.parametrize(("shard", "name"), [(0, "cubicmedia"), (1, "cubicmedia.1"), (63, "cubicmedia.63")])
def test_an_instance_is_named_as_its_exporter_and_shard(shard: int, name: str) -> None:
    assert instance_name("cubicmedia", shard) == name
    assert instance_parts(name) == ("cubicmedia", shard)
    assert is_instance_name(name)


@pytest.mark.parametrize(
    "text", ["", "a.0", "a.01", "a.100", "a.-1", "a.1.next", "a..1", ".1", "a.1\n", "A.1", "a.next"]
)
def test_names_that_cannot_be_an_instances_are_told_apart(text: str) -> None:
    assert not is_instance_name(text)
    with pytest.raises(ValueError, match="no instance's name"):
        instance_parts(text)


def test_each_shard_is_told_its_number_and_how_many_there_are() -> None:
    exporter = desired(source(api_token="t")).model_copy(update={"shards": 3})
    wanted = [wanted_from(exporter, POLLING, shard) for shard in range(3)]
    configs = [ExporterConfig.model_validate_json(one.config) for one in wanted]
    assert [(config.shard, config.shards) for config in configs] == [(0, 3), (1, 3), (2, 3)]
    assert [one.spec.name for one in wanted] == ["cubicmedia", "cubicmedia.1", "cubicmedia.2"]
    assert [len(config.sources) for config in configs] == [1, 1, 1]


def test_a_specification_stored_before_there_were_shards_is_the_first_shards() -> None:
    fields = asdict(wanted_from(desired(), POLLING).spec)
    del fields["shard"]
    assert InstanceSpec(**fields) == wanted_from(desired(), POLLING).spec
