"""Nothing of ours listens beyond this machine; only the edge may be told to."""

import psutil
import pytest
from vitrina_e2e.system import System

pytestmark = pytest.mark.e2e


def test_every_listener_is_on_loopback(system: System) -> None:
    heard = {
        (process.name(), connection.laddr.ip)
        for process in system.processes()
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert len(heard) > 5
    assert {address for _, address in heard} <= {"127.0.0.1", "::1"}
