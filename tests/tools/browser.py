#!/usr/bin/env python3
"""Looks at a page in a headless Chromium, in both themes and at two widths.

    browser.py PAGE [FOLDER]     FOLDER: where to leave a screenshot of each

Prints one line for each look. Exit 1 where a page writes to the console, asks for anything but itself, lacks a picture,
or must be scrolled sideways; 77 where there is no Chromium.
"""
import base64
import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import tempfile
import time

LOOKS = [(theme, width) for theme in ("light", "dark") for width in (1200, 390)]

# What the page tells about itself: for each figure its pictures on show, with their size, words and names.
QUESTION = """
JSON.stringify({
  figures: [...document.querySelectorAll('figure')].map(f => ({
    id: f.id,
    tables: f.parentElement.querySelectorAll('table').length,
    shown: [...f.querySelectorAll('svg')].map(s => {
      const box = s.getBoundingClientRect();
      return {width: box.width, height: box.height, label: (s.getAttribute('aria-label') || '').length,
              role: s.getAttribute('role'), texts: s.querySelectorAll('text').length,
              marks: s.querySelectorAll('path,polygon,use,rect,circle').length};
    }).filter(s => s.width > 0 && s.height > 0)})),
  missing: document.querySelectorAll('.missing').length,
  ids: [...document.querySelectorAll('[id]')].map(e => e.id),
  ink: getComputedStyle(document.body).color,
  paper: getComputedStyle(document.body).backgroundColor,
  wide: document.documentElement.scrollWidth,
  room: document.documentElement.clientWidth
})
"""


class Browser:
    """Speaks the DevTools protocol over two pipes: no port is opened."""

    def __init__(self, program, home):
        to_browser, self.write_end = os.pipe()
        self.read_end, from_browser = os.pipe()

        def place():
            os.dup2(to_browser, 3, inheritable=True)
            os.dup2(from_browser, 4, inheritable=True)

        # High numbers first, so that 3 and 4 are free to be made.
        to_browser, from_browser = (os.dup(os.dup(os.dup(fd))) for fd in (to_browser, from_browser))
        os.set_inheritable(to_browser, True)
        os.set_inheritable(from_browser, True)
        self.process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
             "--disable-extensions", f"--user-data-dir={home}", "--remote-debugging-pipe", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=(3, 4, to_browser, from_browser), preexec_fn=place)
        self.number = 0
        self.rest = b""
        self.events = []

    def message(self, seconds):
        end = time.monotonic() + seconds
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.read_end], [], [], max(0, end - time.monotonic()))
            piece = os.read(self.read_end, 1 << 20) if ready else b""
            if not piece:
                raise TimeoutError("the browser does not answer")
            self.rest += piece
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, session=None, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if session:
            request["sessionId"] = session
        text = json.dumps(request).encode() + b"\0"
        while text:
            text = text[os.write(self.write_end, text):]
        while True:
            answer = self.message(60)
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def wait(self, name):
        while not any(event.get("method") == name for event in self.events):
            self.events.append(self.message(60))

    def close(self):
        try:
            self.call("Browser.close")
            self.process.wait(10)
        except (OSError, RuntimeError, TimeoutError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()


def faults_of(page, state, events):
    """What is wrong with what was seen, a sentence each."""
    for event in events:
        method, data = event.get("method"), event.get("params", {})
        if method in ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
            yield f"console: {json.dumps(data)[:300]}"
        if method == "Network.requestWillBeSent":
            url = data["request"]["url"]
            if url != page and not url.startswith("data:"):
                yield f"request: {url}"
    if not state["figures"]:
        yield "no figure"
    for figure in state["figures"]:
        if len(figure["shown"]) != 1:
            yield f"figure {figure['id']}: {len(figure['shown'])} pictures on show, not one"
        for shown in figure["shown"]:
            if shown["width"] < 200 or shown["height"] < 100:
                yield f"figure {figure['id']}: only {shown['width']} x {shown['height']}"
            if shown["texts"] < 3 or shown["marks"] < 3:
                yield f"figure {figure['id']}: nothing drawn"
            if shown["label"] < 20 or shown["role"] != "img":
                yield f"figure {figure['id']}: no text alternative"
    if state["missing"]:
        yield f"{state['missing']} pictures could not be drawn"
    for name in {name for name in state["ids"] if state["ids"].count(name) > 1}:
        yield f"identifier {name} stands there twice"
    if state["wide"] > state["room"]:
        yield f"{state['wide']} pixels wide where there is room for {state['room']}"


def open_page(browser, page, theme, width):
    """A tab that shows the page. Gives its target and its session."""
    target = browser.call("Target.createTarget", url="about:blank")["targetId"]
    session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    for domain in ("Page", "Network", "Log", "Runtime"):
        browser.call(f"{domain}.enable", session)
    browser.call("Emulation.setDeviceMetricsOverride", session, width=width, height=900,
                 deviceScaleFactor=2 if width < 600 else 1, mobile=width < 600)
    browser.call("Emulation.setEmulatedMedia", session, features=[{"name": "prefers-color-scheme", "value": theme}])
    browser.events.clear()
    browser.call("Page.navigate", session, url=page)
    browser.wait("Page.loadEventFired")
    return target, session


def look(browser, page, theme, width, folder):
    target, session = open_page(browser, page, theme, width)
    answer = browser.call("Runtime.evaluate", session, expression=QUESTION, returnByValue=True)
    state = json.loads(answer["result"]["value"])
    if folder:
        shot = browser.call("Page.captureScreenshot", session, format="png", captureBeyondViewport=True)
        (folder / f"{theme}-{width}.png").write_bytes(base64.b64decode(shot["data"]))
    faults = list(faults_of(page, state, browser.events))
    browser.call("Target.closeTarget", targetId=target)
    return state, faults


def main():
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not program:
        print("there is no Chromium here")
        return 77
    page = pathlib.Path(sys.argv[1]).resolve().as_uri()
    folder = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    status, papers = 0, {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        browser = Browser(program, home)
        try:
            for theme, width in LOOKS:
                state, faults = look(browser, page, theme, width, folder)
                papers[theme] = (state["ink"], state["paper"])
                print(f"{theme} {width}: {len(state['figures'])} figures, {len(faults)} faults")
                for fault in faults:
                    print(f"  {fault}")
                status = 1 if faults else status
        finally:
            browser.close()
    if papers["light"] == papers["dark"]:
        print("both themes look the same")
        status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
