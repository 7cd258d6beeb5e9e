"""Ask the database of known vulnerabilities about the locked dependencies, where it can be reached.

Exit status 1 only where a vulnerability is known. What was not looked up counts as not audited, never as good.
"""

import json
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).with_name("base.txt")
SECONDS = 30


def main() -> int:
    """Say in one line how it went, and one line for each vulnerability."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(LOCK), "--disable-pip", "--require-hashes"]
    command += ["--format", "json", "--progress-spinner", "off", "--timeout", "10"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        listed = json.loads(done.stdout)["dependencies"]
    except subprocess.TimeoutExpired:
        return say(f"Dependencies were not audited: no answer within {SECONDS} s.")
    except (ValueError, KeyError):
        said = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        return say(f"Dependencies were not audited: {said[:200]}")
    return judge(listed)


def judge(listed: list) -> int:
    """Tell what is known about each dependency; 1 where one is vulnerable."""
    skipped = [one["name"] for one in listed if "skip_reason" in one]
    vulnerable = [one for one in listed if one.get("vulns")]
    for one in vulnerable:
        for known in one["vulns"]:
            fixed = ", ".join(known.get("fix_versions", [])) or "no version"
            say(f"{one['name']} {one['version']} is vulnerable: {known['id']}, fixed in {fixed}.")
    if vulnerable:
        return 1
    if skipped:
        return say(f"Dependencies: {len(skipped)} of {len(listed)} were not audited, their database was not reached.")
    return say(f"Dependencies: {len(listed)} audited, no vulnerability is known.")


def say(line: str) -> int:
    """Print a line; nothing is wrong with it."""
    sys.stdout.write(line + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
