"""Files for others' Prometheus and Alertmanager are whole, name the edge alone, and are taken by their checkers."""

import subprocess
from pathlib import Path

import yaml
from vitrina_embedded.downloads import Monitoring
from vitrina_embedded.outside import FUNCTIONS_OFF, outside_files, write_outside_files
from vitrina_embedded.settings import Settings

URL = "https://vitrina.example.org"
TOKEN = Path("/etc/prometheus/vitrina-token")


def test_everything_is_scraped_by_way_of_the_edge_with_the_token_of_a_file() -> None:
    files = outside_files(Settings(), URL, TOKEN, Path("/etc/ssl/own.pem"))
    jobs = yaml.safe_load(files["vitrina-scrape.yml"])["scrape_configs"]
    assert [job["job_name"] for job in jobs] == ["exporters", "declared", "orchestrator"]
    for job in jobs:
        assert job["authorization"] == {"type": "Bearer", "credentials_file": str(TOKEN)}
        assert job["tls_config"] == {"ca_file": "/etc/ssl/own.pem"}
        hosts = [host for static in job.get("static_configs", []) for host in static["targets"]]
        hosts += [discovery["url"].split("/")[2] for discovery in job.get("http_sd_configs", [])]
        assert hosts == ["vitrina.example.org"]
    assert all(function in files["README.md"] for function in FUNCTIONS_OFF)


def test_the_checkers_take_them_and_old_ones_go(tmp_path: Path, monitoring: Monitoring) -> None:
    write_outside_files(tmp_path, {"vitrina-rules-offline-after-600s.yml": "groups: ["})
    write_outside_files(tmp_path, outside_files(Settings(), URL, TOKEN))
    assert not (tmp_path / "vitrina-rules-offline-after-600s.yml").exists()
    rules = [str(path) for path in tmp_path.glob("vitrina-rules-*.yml")]
    assert rules
    subprocess.run([monitoring.promtool, "check", "rules", *rules], check=True, capture_output=True)
    subprocess.run(
        [monitoring.promtool, "check", "config", "--syntax-only", tmp_path / "vitrina-scrape.yml"],
        check=True,
        capture_output=True,
    )
    routes = tmp_path / "vitrina-alertmanager.yml"
    subprocess.run([monitoring.amtool, "check-config", routes], check=True, capture_output=True)
