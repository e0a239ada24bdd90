"""A log that is followed comes through the edge line by line, while the answer is still open."""

import httpx
import pytest
from vitrina_e2e.people import Person
from vitrina_e2e.system import System

pytestmark = pytest.mark.e2e


def test_an_admin_reads_a_log_as_it_is_written(system: System, admin: Person) -> None:
    url = f"{system.url}/api/registry/v1/exporters/addreality/logs/stream?tail=3"
    with httpx.stream("GET", url, headers=admin.authorization(), timeout=20, trust_env=False) as answer:
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        lines = answer.iter_lines()
        assert next(lines) == "event: line"
        assert next(lines).startswith('data: "')
