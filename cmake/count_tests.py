"""Counts the tests of a ctest run, case by case.

usage: count_tests.py JUNIT.xml

Programs under ctest print TAP, so their single cases are counted; one that prints none counts as one. Failures and
skips are listed with their reasons. The last line is "PASSED FAILED SKIPPED".
"""

import re
import sys
import xml.etree.ElementTree as ElementTree

CASE = re.compile(r"^(ok|not ok)\b(?:\s+\d+)?\s*(?:-\s*)?(.*)$")
SKIP = re.compile(r"#\s*skip\b\s*(.*)$", re.IGNORECASE)


def cases(text):
    """(passed, failed names, skipped names with reasons) of TAP output."""
    passed, failed, skipped = 0, [], []
    for line in text.splitlines():
        match = CASE.match(line)
        if not match:
            continue
        skip = SKIP.search(match.group(2))
        if skip:
            name = match.group(2)[: skip.start()].strip()
            skipped.append(f"{name} ({skip.group(1).strip()})" if skip.group(1).strip() else name)
        elif match.group(1) == "ok":
            passed += 1
        else:
            failed.append(match.group(2).strip())
    return passed, failed, skipped


def main(path):
    total = [0, 0, 0]
    for test in ElementTree.parse(path).getroot().iter("testcase"):
        name, status = test.get("name"), test.get("status")
        output = test.findtext("system-out") or ""
        passed, failed, skipped = cases(output)
        if status == "fail" and not failed:
            reason = test.find("failure")
            failed.append(reason.get("message") or "failed" if reason is not None else "failed")
        elif status in ("notrun", "disabled") and not skipped:
            reason = test.find("skipped")
            last = [line for line in output.splitlines() if line.strip()][-1:]
            skipped.append(last[0] if last else reason.get("message") if reason is not None else "not run")
        elif not (passed or failed or skipped):
            passed = 1
        for text in failed:
            print(f"FAILED  {name}: {text}")
        for text in skipped:
            print(f"skipped {name}: {text}")
        total[0] += passed
        total[1] += len(failed)
        total[2] += len(skipped)
    print(*total)


if __name__ == "__main__":
    main(sys.argv[1])
