#!/usr/bin/env python3
"""Takes pictures of parts of a page with a headless Chromium.

    screenshots.py PAGE FOLDER NAME=THEME:WIDTH:FROM[:TO] ...

NAME.png shows the page from the element FROM to the element TO, or FROM alone: CSS selectors. THEME is light or dark.
For example the pictures of this repository's README, in its root:

    mismatch run configs/ai-2026.yaml --output ai-2026.json && mismatch report ai-2026.json
    tests/tools/screenshots.py ai-2026-report/report.html docs/images \\
        report-light=light:900:h1:#events report-dark=dark:900:#map report-phone=light:390:h1:#events
"""
import base64
import json
import pathlib
import shutil
import sys
import tempfile

from browser import Browser, open_page

BOX = """
(() => {
  const [from, to] = SELECTORS.map(s => document.querySelector(s).getBoundingClientRect());
  const end = to || from;
  return JSON.stringify({top: from.top + scrollY, bottom: end.bottom + scrollY});
})()
"""
MARGIN = 12


def take(browser, page, where, folder):
    name, rest = where.split("=", 1)
    theme, width, *selectors = rest.split(":")
    target, session = open_page(browser, page, theme, int(width))
    question = BOX.replace("SELECTORS", repr(selectors))
    answer = browser.call("Runtime.evaluate", session, expression=question, returnByValue=True)
    if "value" not in answer["result"]:
        raise SystemExit(f"{name}: the page has not all of {selectors}")
    box = json.loads(answer["result"]["value"])
    top = max(0, box["top"] - MARGIN)
    shot = browser.call("Page.captureScreenshot", session, format="png", captureBeyondViewport=True,
                        clip={"x": 0, "y": top, "width": int(width), "height": box["bottom"] + MARGIN - top, "scale": 1})
    (folder / f"{name}.png").write_bytes(base64.b64decode(shot["data"]))
    browser.call("Target.closeTarget", targetId=target)


def main():
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not program:
        print("there is no Chromium here")
        return 77
    page, folder = pathlib.Path(sys.argv[1]).resolve().as_uri(), pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        browser = Browser(program, home)
        try:
            for where in sys.argv[3:]:
                take(browser, page, where, folder)
        finally:
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
