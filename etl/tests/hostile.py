"""Pages that are to hurt: large ones, whose time and depth must stay within bounds."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

_SHARE = 10


def hostile(name: str, pages: Sequence[str]) -> pytest.MarkDecorator:
    """One case a page: the first tenth of it each time, all of it in `make soak`."""
    whole = [pytest.param(page, id=f"{at} whole", marks=pytest.mark.soak) for at, page in enumerate(pages)]
    parts = [pytest.param(page[: len(page) // _SHARE], id=f"{at}") for at, page in enumerate(pages)]
    return pytest.mark.parametrize(name, parts + whole)
