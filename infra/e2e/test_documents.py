"""What is written runs: the examples of the memory bank, as a reader would run them."""

import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from vitrina_e2e.people import Person
from vitrina_e2e.system import System

pytestmark = pytest.mark.e2e
EVENTS = Path(__file__).parents[2] / "memory-bank" / "events.md"
TOLD_WITHIN = 60
RUN_IT = '\nimport os, pathlib\nsecret = pathlib.Path(os.environ["SECRET_FILE"]).read_text().strip()\n'


def test_the_subscriber_of_the_events_page_prints_the_present_state_of_every_device(
    system: System, admin: Person
) -> None:
    examples = re.findall(r"```python\n(.*?)```", EVENTS.read_text(encoding="utf-8"), re.DOTALL)
    (example,) = (each for each in examples if "def main(" in each)  # infra/embedded tests the others
    nats = system.endpoints["nats"]
    program = f"{example}{RUN_IT}asyncio.run(main({nats['url']!r}, secret))"
    expected = {device["name"]: device["status"] for device in admin.devices()}
    subscriber = subprocess.Popen(
        [sys.executable, "-u", "-c", program],
        env={"SECRET_FILE": nats["password_file"]},
        stdout=subprocess.PIPE,
        text=True,
    )
    told: dict[str, str] = {}
    enough = threading.Timer(TOLD_WITHIN, subscriber.kill)  # ends the reading below
    enough.start()
    try:
        assert subscriber.stdout is not None
        # What other tests took out a moment ago may be told of first, and its end then.
        while told != expected and (line := subscriber.stdout.readline()):
            name, status = re.fullmatch(r"(.*) (?:None|online|offline|unknown) -> (\w+)\n", line).groups()
            told[name] = status
            if status == "removed":
                del told[name]
    finally:
        enough.cancel()
        subscriber.kill()
        subscriber.wait()
        subscriber.stdout.close()
    assert told == expected
