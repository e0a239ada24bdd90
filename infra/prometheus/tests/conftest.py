"""Rules as an installation gets them, in a folder of their own."""

from pathlib import Path

import pytest
from vitrina_embedded import downloads
from vitrina_embedded.alerting.rules import AlertLimits, Places, render_rules


@pytest.fixture(scope="session")
def monitoring() -> downloads.Monitoring:
    return downloads.find_monitoring() or downloads.fetch_monitoring()


@pytest.fixture(scope="session")
def rules_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rules with the default limits and two sources that have limits of their own; longer steps, for they cost time."""
    folder = tmp_path_factory.mktemp("rules")
    limits = AlertLimits(offline_after_by_source={"quick": 600, "slow.one": 3600}, step=60)
    for name, text in render_rules(limits, Places("http://vitrina.test")).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
