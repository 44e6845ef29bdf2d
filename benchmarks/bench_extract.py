"""Extraction of a 5,000-row DevExpress grid beside bare lxml (parse and cell text) and BeautifulSoup.

Run: `python benchmarks/bench_extract.py [rows]`. Prints medians and the two ratios of the same run
(goals: at most 1.6 × bare lxml, at least 5 × faster than BeautifulSoup).
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from lxml import etree

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from etl.understand import read_page

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
GRID = "ctl00_PageContent_grid"


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


def median_ms(work: Callable[[bytes], Any], page: bytes, times: int) -> float:
    """Median of `times` runs, in milliseconds, garbage collected before each."""
    taken = []
    for _ in range(times):
        gc.collect()
        start = time.perf_counter()
        work(page)
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def main(rows: int = 5000) -> int:
    page = grid_page(rows)
    content = read_page(page, url="https://ws.dws.gov.za/pmd/level.aspx")
    assert len(content.tables[0].rows) == rows == len(content.projects)
    ours = median_ms(lambda body: read_page(body, url="https://ws.dws.gov.za/pmd/level.aspx"), page, 9)
    bare, beautiful = median_ms(bare_lxml, page, 9), median_ms(soup, page, 3)
    sys.stdout.write(
        f"extraction of a {rows}-row grid ({len(page) / 1e6:.1f} MB): {ours:.0f} ms\n"
        f"  beside bare lxml ({bare:.0f} ms): {ours / bare:.2f} x (goal <= 1.6)\n"
        f"  beside BeautifulSoup ({beautiful:.0f} ms): {beautiful / ours:.1f} x faster (goal >= 5)\n"
    )
    return 0 if ours / bare <= 1.6 and beautiful / ours >= 5 else 1


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:2])))
