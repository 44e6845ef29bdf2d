"""What a web page says. Pure: the helper process that reads pages knows this module, and no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from etl.extract.markup import Markup
from etl.extract.types import PageContent
from etl.fetch.page import Page
from etl.understand import read_page


@dataclass(frozen=True, slots=True)
class WebPages:
    """What a web page says, with the labels that mean a field."""

    labels: Mapping[str, str]

    def __call__(self, page: Page) -> PageContent:
        """Raises PageChanged."""
        return self.of(page, Markup(page.body, page.content_type))

    def of(self, page: Page, markup: Markup) -> PageContent:
        """The same of a page whose markup somebody looked at already. Raises PageChanged."""
        return read_page(markup, url=page.url, content_type=page.content_type, labels=self.labels)
