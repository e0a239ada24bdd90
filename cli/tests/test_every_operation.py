"""What the API can, the command line can: every operation has a command, or stands in a table with the reason."""

import ast
import json
import re
from pathlib import Path

import pytest
import vitrina_cli
import yaml

PACKAGE = Path(vitrina_cli.__file__).parent
OPENAPI = Path(__file__).parents[2] / "services" / "contracts" / "generated" / "openapi"
EXCEPTIONS = yaml.safe_load((Path(__file__).parent / "not_in_the_cli.yaml").read_text(encoding="utf-8"))
OPERATION = re.compile(r"(GET|POST|PUT|PATCH|DELETE) /api/\S+")


def operations_of(service: str) -> set[str]:
    paths = json.loads((OPENAPI / f"{service}.json").read_text(encoding="utf-8"))["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def operations_called() -> set[str]:
    """Each call of the API names its operation, so the names in the code are what is called."""
    constants = (
        node.value
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return {text for text in constants if OPERATION.fullmatch(text)}


@pytest.mark.parametrize("service", ["auth", "registry", "gateway"])
def test_every_operation_has_a_command_or_a_reason_why_not(service: str) -> None:
    missing = operations_of(service) - operations_called() - EXCEPTIONS[service].keys()
    assert not missing, "give them a command in cli/, or a line with the reason in cli/tests/not_in_the_cli.yaml"


@pytest.mark.parametrize("service", ["auth", "registry", "gateway"])
def test_no_exception_is_needless(service: str) -> None:
    assert EXCEPTIONS[service].keys() <= operations_of(service) - operations_called()


def test_no_command_calls_what_the_api_has_not() -> None:
    everything = {operation for service in EXCEPTIONS for operation in operations_of(service)}
    assert operations_called() <= everything
