#!/usr/bin/env python3
"""Reads a report's page and says what is wrong with it.

    page.py FOLDER     counts are printed: figures=13 tables=15

Exit 1 where it is not well-formed, asks for anything from outside, names a file that is not there, or uses an
identifier twice.
"""
import html.parser
import pathlib
import re
import sys
import xml.etree.ElementTree

VOID = {"meta", "link", "br", "img"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.faults = [], [], []
        self.counts = {"figures": 0, "tables": 0, "pictures": 0, "missing": 0}

    def handle_starttag(self, tag, attributes):
        known = dict(attributes)
        if tag not in VOID:
            self.open.append(tag)
        self.counts["figures"] += tag == "figure"
        self.counts["tables"] += tag == "table"
        self.counts["pictures"] += tag == "svg"
        self.counts["missing"] += "missing" in known.get("class", "").split()
        if "id" in known:
            self.ids.append(known["id"])
        if tag in ("script", "iframe", "object", "embed", "form"):
            self.faults.append(f"<{tag}>")
        for name, value in attributes:
            if name in ("src", "href", "xlink:href", "action") and not value.startswith(("#", "data:,")):
                self.faults.append(f"{name}={value}")
            if name.startswith("on"):
                self.faults.append(f"{name}={value}")

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> out of place")


def main():
    folder = pathlib.Path(sys.argv[1])
    text = (folder / "report.html").read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    page.close()
    if page.open:
        page.faults.append(f"left open: {page.open}")
    page.faults += [f"identifier {name} twice" for name in {n for n in page.ids if page.ids.count(n) > 1}]
    page.faults += [f"{url}" for url in re.findall(r"https?://[^\"' <]*", text) if "www.w3.org/" not in url]
    page.faults += [f"url({url})" for url in re.findall(r"url\(([^)#][^)]*)\)", text)]
    names = {entry.name for entry in folder.iterdir()}
    for name in re.findall(r"<code>([^<]*\.(?:gp|csv))</code>", text):
        if name not in names:
            page.faults.append(f"{name} is not there")
    for name in names:
        if name.endswith(".svg"):
            try:
                xml.etree.ElementTree.parse(folder / name)
            except xml.etree.ElementTree.ParseError as error:
                page.faults.append(f"{name}: {error}")
    print(" ".join(f"{name}={count}" for name, count in page.counts.items()))
    for fault in page.faults:
        print(f"fault: {fault}")
    return 1 if page.faults else 0


if __name__ == "__main__":
    sys.exit(main())
