"""A platform's `check` as nobody wants it: `config.act` says what it does instead of answering."""

import json
import os
import subprocess
import sys
import time


def main() -> None:
    source = json.loads(sys.stdin.buffer.read())
    match source["config"]["act"]:
        case "hang":
            subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", source["name"]])  # noqa: S603 - ours
            time.sleep(60)
        case "flood":
            while True:
                sys.stdout.write("x" * 65536)
        case "garbage":
            sys.stdout.write("not what was agreed")
        case "tell":
            told = json.dumps({"arguments": sys.argv, "environment": dict(os.environ)})
            answer = {"ok": True, "seconds": 0, "sample": [{"device_id": told, "name": None, "status": "unknown"}]}
            sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
