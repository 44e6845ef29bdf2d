"""The addresses of all pages for search engines: an index, and one map for each kind of page."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet

from projects.declared import declared
from projects.languages import ENGLISH, LANGUAGES, prefixed
from projects.models import Municipality, Project

_PAGES = (
    "/", "/projects/", "/map/", "/municipalities/", "/finances/", "/changes/", "/discrepancies/", "/sources/",
    "/data/", "/data/dictionary/", "/glossary/", "/about/",
)  # fmt: skip


class Pages(Sitemap):
    """Those that there is one of, and that of each source."""

    def items(self) -> list[str]:
        return [*_PAGES, *(f"/sources/{source.name}/" for source in declared())]

    def location(self, item: str) -> str:
        return item


class InLanguages(Pages):
    """Those of which all is said in another language, at their addresses there."""

    def items(self) -> list[str]:
        pages = super().items()
        others = [one for one in LANGUAGES.values() if one is not ENGLISH]
        return [prefixed(page, one) for one in others for page in pages if one.has(page)]


class Municipalities(Sitemap):
    """One page each."""

    def items(self) -> QuerySet[Municipality]:
        return Municipality.objects.only("pk").order_by("pk")


class Projects(Sitemap):
    """All that were ever seen: none goes away."""

    limit = 1000  # addresses a map, which are written in a tenth of a second

    def items(self) -> QuerySet[Project]:
        return Project.objects.only("pk", "last_changed_at").order_by("pk")

    def lastmod(self, item: Project) -> datetime:
        return item.last_changed_at


MAPS: dict[str, type[Sitemap]] = {
    "pages": Pages,
    "languages": InLanguages,
    "municipalities": Municipalities,
    "projects": Projects,
}

__all__ = ["MAPS"]
