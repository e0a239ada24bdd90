import pytest
from vitrina_orchestrator.commands import main

NEEDED = {
    "VITRINA_RUNTIME_DIR": "runtime",
    "VITRINA_REGISTRY_INTERNAL_URL": "http://127.0.0.1:1",
    "VITRINA_REGISTRY_TOKEN_FILE": "registry-token",
    "VITRINA_ORCHESTRATOR_TOKEN_FILE": "orchestrator-token",
}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"VITRINA_RUNTIME": "podman"}, "VITRINA_RUNTIME: Input should be 'auto', 'docker', 'process' or 'swarm'"),
        ({"VITRINA_PRIVATE_ENDPOINTS": "10.0.0.300/8"}, "VITRINA_PRIVATE_ENDPOINTS: "),
        ({"VITRINA_POLL_INTERVAL": "0"}, "VITRINA_POLL_INTERVAL: Input should be greater than 0"),
        ({"VITRINA_IMAGE_PREFIX": "registry.example.org"}, "VITRINA_IMAGE_PREFIX: String should match pattern"),
        ({"VITRINA_SWARM_CONSTRAINTS": "$(x)"}, "VITRINA_SWARM_CONSTRAINTS: String should match pattern"),
        ({"VITRINA_INSTALLATION": "../x"}, "VITRINA_INSTALLATION: String should match pattern"),
        (
            {"VITRINA_EXPORTER_MEMORY_MB": "1"},
            "VITRINA_EXPORTER_MEMORY_MB: Input should be greater than or equal to 16",
        ),
        ({"VITRINA_HTTPS_PROXY": "proxy:3128"}, "VITRINA_HTTPS_PROXY: Value error, is no proxy"),
        ({"VITRINA_HTTPS_PROXY": "http://u:p@proxy"}, "VITRINA_HTTPS_PROXY: Value error, has a password: put the URL"),
        ({"VITRINA_CA_FILE": "/nowhere"}, "VITRINA_CA_FILE: Value error, holds no certificates"),
        ({"VITRINA_RUNTIME_DIR": None}, "VITRINA_RUNTIME_DIR: Field required"),
    ],
)
def test_a_wrong_setting_is_refused_in_one_sentence(
    changes: dict[str, str | None],
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in (NEEDED | changes).items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert main() == 2
    said = capsys.readouterr().err
    assert said.startswith("The orchestrator cannot start: ")
    assert sentence in said
    assert said.count("\n") == 1
