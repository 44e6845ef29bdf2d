"""The registry: which monitor reads which source, in the order in which `all` reads them."""

from __future__ import annotations

from etl.dws import EnhancedDWSMonitor
from etl.monitor import SourceMonitor

MONITORS: dict[str, type[SourceMonitor]] = {"dws": EnhancedDWSMonitor}

__all__ = ["MONITORS"]
