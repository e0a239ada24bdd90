import subprocess

from vitrina_embedded.downloads import find_monitoring

from .conftest import ManualClock
from .test_exposition import a_record, an_exposition, whole


def test_promtool_finds_nothing_to_complain_about(clock: ManualClock) -> None:
    records = {"north": a_record("north", 600, clock)}
    records["north"].problems["duplicate"] = 2
    exposition, metrics = an_exposition(records, clock)
    metrics.polled("north", 1.5)
    metrics.failed("north", "timeout")
    monitoring = find_monitoring()
    assert monitoring is not None, "promtool is missing: run `make test`, which fetches it"
    checked = subprocess.run(
        [monitoring.promtool, "check", "metrics"],
        input=whole(exposition),
        text=True,
        capture_output=True,
        check=False,
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
