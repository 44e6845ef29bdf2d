"""Extraction of a 5,000-row DevExpress grid beside bare lxml (parse and cell text) and BeautifulSoup.

Run: `python benchmarks/bench_extract.py [rows [cases]]`. Prints the median of CPU time and the two ratios of
the same run; then, for so many pages of the generated renderings (`replica.renderings`; 60 by default), what
each family costs: the median over its pages, ours and bare lxml taking turns. Ours is all that a poll asks of
a page: inspected, cleaned, read. Two measures of bare lxml stand beside each other: the parse alone, and the
parse with the text of each element that holds no other ("x texts").

"first" is the same page where none of its texts and headings was ever seen: what is kept of them is forgotten
before. "waited" is the clock time of whoever asks the helper process, the best of its turns.

An undamaged page at 2.5 x parse and texts is wanted, and is out of reach of a reader in Python: half of the
families, and nine of ten, are held to what it does reach, and the last line says how far that is.
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from lxml import etree

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "buka.settings")

from etl.bounds.call import bounded
from etl.crawl.looks import Look
from etl.crawl.web_pages import WebPages
from etl.extract import clean
from etl.fetch.page import Page
from etl.understand import read_page
from replica.renderings.cases import cases

HEADERS = (
    "Project No",
    "Project Name",
    "Municipality",
    "Programme",
    "Status",
    "Progress",
    "Budget",
    "Contractor",
)
URL = "https://ws.dws.gov.za/pmd/level.aspx"
GRID = "ctl00_PageContent_grid"
WANTED = 2.5
HALF_WITHIN, NINE_OF_TEN_WITHIN = 12.0, 20.0
MOST_OF_GRID, LEAST_OF_SOUP = 1.6, 3.5
_OF_TEXTS = 1000  # caches of as many entries keep texts and headings; smaller ones, tables of our own


def grid_page(rows: int) -> bytes:
    """A page with one grid of that many rows and eight columns, as DevExpress serves it."""
    head = "".join(
        f'<td id="{GRID}_col{at}" class="dxgvHeader_Moderno dx-wrap" style="border-top-width:0px;"><table>'
        f'<tr><td class="dx-wrap">{text}</td><td><img class="dxGridView_gvHeaderSortUp" alt=""/></td>'
        "</tr></table></td>"
        for at, text in enumerate(HEADERS)
    )
    body = "\n".join(map(_row, range(rows)))
    return (
        '<html><head><meta charset="utf-8"/><title>Replica</title></head><body><form action="./level.aspx">'
        f'<input type="hidden" name="__VIEWSTATE" value="{"x" * 4000}"/>'
        f'<table id="{GRID}" class="dxgvControl_Moderno"><tr><td>'
        f'<table id="{GRID}_DXMainTable" class="dxgvTable_Moderno"><tr class="dxgvArm">{"<td></td>" * 8}</tr>'
        f'<tr id="{GRID}_DXHeadersRow0">{head}</tr>{body}</table></td></tr></table></form></body></html>'
    ).encode()


def _row(number: int) -> str:
    url = f"project/proj_detail.aspx?enc=Ab+{number}/x="
    link = f'<a class="dxeHyperlink_Moderno" href="{url}">Scheme {number}</a>'
    cells = (
        f"WP{10000 + number}", link, "Greater Giyani - [LIM331]", "RBIG", "Construction",
        f"{number % 101}%", f"R{number + 1},353,000.00", "&nbsp;",
    )  # fmt: skip
    marked = "".join(f'<td class="dxgv">{cell}</td>' for cell in cells)
    return f'<tr id="{GRID}_DXDataRow{number}" class="dxgvDataRow_Moderno">{marked}</tr>'


def bare_lxml(page: bytes) -> list[list[str]]:
    """The least that anybody must do: parse, and take each cell's text."""
    root = etree.fromstring(page, parser=etree.HTMLParser(encoding="utf-8"))
    main = root.xpath(f"//table[@id='{GRID}_DXMainTable']")[0]
    return [["".join(cell.itertext()).strip() for cell in row.iterchildren("td")] for row in main.iter("tr")]


def soup(page: bytes) -> list[list[str]]:
    """The same with BeautifulSoup on top of lxml."""
    main = BeautifulSoup(page, "lxml").find("table", id=f"{GRID}_DXMainTable")
    assert main is not None
    return [[cell.get_text().strip() for cell in row.find_all("td")] for row in main.find_all("tr")]


def bare_texts(page: bytes) -> list[str]:
    """Parse any page, and take the text of each element that holds no other."""
    root = etree.fromstring(page, parser=etree.HTMLParser(encoding="utf-8"))
    return ["".join(element.itertext()).strip() for element in root.iter("*") if not len(element)]


def bare_parse(page: bytes) -> None:
    """Parse, and nothing else."""
    etree.fromstring(page, parser=etree.HTMLParser(encoding="utf-8"))


def extract(page: bytes) -> None:
    """Extraction and understanding alone."""
    read_page(page, url=URL, content_type="text/html; charset=utf-8")


_LOOK = Look(clean, WebPages({}))


def looked(page: bytes) -> None:
    """All that a poll asks of a page, in the helper process: inspected, cleaned, read."""
    _LOOK(Page(URL, page, headers={"Content-Type": "text/html; charset=utf-8"}))


def forget() -> None:
    """Let go of what this process keeps from page to page: what texts and headings mean."""
    for name, module in list(sys.modules.items()):
        for kept in list(vars(module).values()) if name.startswith(("etl.", "projects.")) else ():
            if hasattr(kept, "cache_parameters") and (kept.cache_parameters()["maxsize"] or 0) >= _OF_TEXTS:
                kept.cache_clear()


def first(page: bytes) -> float:
    """CPU time in milliseconds of a page that says nothing that was ever seen."""
    forget()
    start = time.process_time()
    looked(page)
    return (time.process_time() - start) * 1000


def waited(page: bytes, times: int) -> float:
    """The best clock time in milliseconds of whoever has the page read in the helper process."""
    sent = Page(URL, page, headers={"Content-Type": "text/html; charset=utf-8"})
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        bounded(_LOOK, sent, alive=lambda: None)
        taken.append((time.perf_counter() - start) * 1000)
    return min(taken)


def medians(page: bytes, times: int, *works: Callable[[bytes], Any]) -> list[float]:
    """Median CPU time of each work in milliseconds; they take turns, garbage is collected between."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(times):
        gc.collect()
        for work, own in zip(works, taken, strict=True):
            start = time.process_time()
            work(page)
            own.append((time.process_time() - start) * 1000)
    return [statistics.median(own) for own in taken]


def families(number: int) -> bool:
    """What each family of renderings costs, over the largest page of each of so many cases; whether that is
    within the goals."""
    found: dict[str, list[tuple[float, ...]]] = {}
    for case in cases(number):
        (look,) = case.looks(polls=0)
        page = max((body for body, _ in look.site.pages.values()), key=len)
        anew, clock = first(page), waited(page, 3)
        ours, parse, texts = medians(page, 5, looked, bare_parse, bare_texts)
        measured = (ours, ours / parse, ours / texts, anew / texts, clock, len(page))
        found.setdefault(case.family.name, []).append(measured)
    titles = ("ms", "x parse", "x texts", "first", "waited ms", "bytes")
    sys.stdout.write(f"\n{'family (medians)':26}" + "".join(f"{title:>11}" for title in titles) + "\n")
    rows = {
        name: [statistics.median(each) for each in zip(*some, strict=True)] for name, some in found.items()
    }
    for name, row in sorted(rows.items()):
        sys.stdout.write(
            f"{name:26}" + "".join(f"{value:11.1f}" for value in row[:-1]) + f"{row[-1]:11.0f}\n"
        )
    ratios = sorted(row[2] for row in rows.values())
    anew = sorted(row[3] for row in rows.values())
    half, nine = statistics.median(ratios), ratios[int(0.9 * (len(ratios) - 1))]
    sys.stdout.write(
        f"{len(ratios)} families, x parse and texts: {ratios[0]:.1f} to {ratios[-1]:.1f},"
        f" half within {half:.1f} (goal <= {HALF_WITHIN:g}),"
        f" nine of ten within {nine:.1f} (goal <= {NINE_OF_TEN_WITHIN:g});"
        f" at first sight half within {statistics.median(anew):.1f}."
        f" {sum(ratio > WANTED for ratio in ratios)} are above the {WANTED} x that are wanted.\n"
    )
    return half <= HALF_WITHIN and nine <= NINE_OF_TEN_WITHIN


def main(rows: int = 5000, number: int = 60) -> int:
    page = grid_page(rows)
    content = read_page(page, url=URL)
    assert len(content.tables[0].rows) == rows == len(content.projects)
    ours, bare = medians(page, 9, extract, bare_lxml)
    (beautiful,) = medians(page, 3, soup)
    sys.stdout.write(
        f"extraction of a {rows}-row grid ({len(page) / 1e6:.1f} MB): {ours:.0f} ms\n"
        f"  beside bare lxml ({bare:.0f} ms): {ours / bare:.2f} x (goal <= {MOST_OF_GRID})\n"
        f"  beside BeautifulSoup ({beautiful:.0f} ms): {beautiful / ours:.1f} x faster"
        f" (goal >= {LEAST_OF_SOUP})\n"
    )
    is_within = ours / bare <= MOST_OF_GRID and beautiful / ours >= LEAST_OF_SOUP
    return 0 if (not number or families(number)) and is_within else 1


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:3])))
