"""What is written runs: the examples of the memory bank, as a reader would run them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from vitrina_e2e.people import Person
from vitrina_e2e.system import System

pytestmark = pytest.mark.e2e
EVENTS = Path(__file__).parents[2] / "memory-bank" / "events.md"
RUN_IT = '\nimport os, pathlib\nsecret = pathlib.Path(os.environ["SECRET_FILE"]).read_text().strip()\n'


def test_the_subscriber_of_the_events_page_prints_the_present_state_of_every_device(
    system: System, admin: Person
) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", EVENTS.read_text(encoding="utf-8"), re.DOTALL)
    nats = system.endpoints["nats"]
    program = f"{example}{RUN_IT}asyncio.run(main({nats['url']!r}, secret))"
    expected = sorted(f"{device['name']} -> {device['status']}" for device in admin.devices())
    subscriber = subprocess.Popen(
        [sys.executable, "-u", "-c", program],
        env={"SECRET_FILE": nats["password_file"]},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert subscriber.stdout is not None
        lines = [subscriber.stdout.readline() for _ in expected]
    finally:
        subscriber.kill()
        subscriber.wait()
        subscriber.stdout.close()
    said = sorted(re.sub(r" (None|online|offline|unknown) -> (\w+)\n$", r" -> \2", line) for line in lines)
    assert said == expected
