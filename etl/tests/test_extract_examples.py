"""Golden pages: what the extractor reads on `examples/dws/<name>.html` stands in `<name>.expected.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from etl.extract import PageContent
from etl.understand import read_page

EXAMPLES = Path(__file__).parent / "examples" / "dws"
PAGES = sorted(EXAMPLES.glob("*.html"))
URL = "https://ws.dws.gov.za/pmd/level.aspx?id=1"


def as_expected(content: PageContent) -> dict[str, Any]:
    """The part of a page's content that the golden files write down."""
    return {
        "tables": [
            {
                "kind": table.kind,
                "id": table.id,
                "headers": table.headers,
                "rows": table.rows,
                "links": table.links,
                "pager": table.pager
                and [
                    table.pager.page,
                    table.pager.pages,
                    table.pager.items,
                    table.pager.how,
                    table.pager.target,
                ],
                "arguments": table.pager.arguments if table.pager else {},
            }
            for table in content.tables
        ],
        "municipalities": [
            [line.code, line.name, line.projects, line.value, line.url] for line in content.listings
        ],
        "projects": [
            [project.part, project.external_id, project.published, project.url]
            for project in content.projects
        ],
        "alphabet": list(content.alphabet) if content.alphabet else None,
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_golden_page_is_read_as_written_down(page: Path) -> None:
    content = read_page(page.read_bytes(), url=URL)
    expected = json.loads(page.with_suffix(".expected.json").read_text(encoding="utf-8"))
    beside = expected.pop("beside", None)
    assert as_expected(content) == expected
    assert beside is None or beside == what_stands_beside(content)


def what_stands_beside(content: PageContent) -> dict[str, Any]:
    """What a page says of its tables, and what of it is no data: newer golden files write it down too."""
    return {
        "tables": [
            {
                "context": table.context,
                "column_notes": table.column_notes,
                "left_out": [[left.kind, left.row] for left in table.left_out],
            }
            for table in content.tables
        ],
        "not_data": [[other.id, other.rows, other.reason] for other in content.not_data],
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_table_of_a_golden_page_is_rectangular(page: Path) -> None:
    for table in read_page(page.read_bytes(), url=URL).tables:
        assert {len(row) for row in table.rows} <= {len(table.headers)}
        assert len(table.links) == len(table.rows)
        assert len(table.field_names) == len(table.headers)


def test_there_are_enough_golden_pages() -> None:
    assert len(PAGES) >= 12
