"""What a real Prometheus tells of its own storage."""

from pathlib import Path

from vitrina_embedded.downloads import fetch_monitoring, find_monitoring
from vitrina_gateway.adapters.raw_prometheus import RawPrometheusClient
from vitrina_gateway.use_cases.storage import show_storage
from vitrina_kit.testing.ports import free_port

from .monitoring import served
from .world import eventually

_CONFIG = """
global: {{ scrape_interval: 200ms, scrape_timeout: 200ms }}
scrape_configs: [ {{ job_name: prometheus, static_configs: [ {{ targets: ["{address}"] }} ] }} ]
"""


async def test_series_bytes_and_limit_are_told(tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    (tmp_path / "prometheus.yml").write_text(_CONFIG.format(address=address))
    command = [
        str((find_monitoring() or fetch_monitoring()).prometheus),
        "--config.file=prometheus.yml",
        "--storage.tsdb.path=data",
        "--storage.tsdb.retention.size=2GB",
        f"--web.listen-address={address}",
        "--log.level=error",
    ]
    with served(f"http://{address}", command, tmp_path) as url:
        client = RawPrometheusClient(url)

        async def tells() -> bool:
            return ((await show_storage(client)).series or 0) > 100

        await eventually(tells)
        found = await show_storage(client)
        await client.close()
    assert found.size is not None
    assert found.limit == 2 * 1024**3
