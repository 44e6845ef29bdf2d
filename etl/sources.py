"""The registry: which monitor reads which source, in the order in which `all` reads them.

One entry more is read like the others: it needs no row, no setting and no release of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings

from etl.correlation import Correlator
from etl.dws import EnhancedDWSMonitor
from etl.monitor import SourceMonitor
from etl.treasury import MunicipalTreasuryMonitor
from projects.models import Source

MONITORS: dict[str, type[SourceMonitor]] = {
    "dws": EnhancedDWSMonitor,
    "treasury": MunicipalTreasuryMonitor,
    "correlation": Correlator,
}


def minutes_between(name: str) -> int:
    """Minutes from one poll of a source to the next: as set, else as its monitor declares."""
    return settings.INTERVAL_MINUTES.get(name) or MONITORS[name].interval_minutes


def row_of(name: str) -> Source:
    """The row of a source; unsaved where there is none yet."""
    return Source.objects.filter(pk=name).first() or _row(name)


def keep_rows(names: Iterable[str]) -> None:
    """Have a row of each source: runs, changes and pages refer to it."""
    wanted = list(names)
    known = set(Source.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    missing = [_row(name) for name in wanted if name not in known]
    Source.objects.bulk_create(missing, ignore_conflicts=True)  # another process may have been quicker


def _row(name: str) -> Source:
    return Source(name=name, title=MONITORS[name].title or name)


__all__ = ["MONITORS", "keep_rows", "minutes_between", "row_of"]
