"""The registry: which monitor reads which source, in the order in which `all` reads them."""

from __future__ import annotations

from etl.correlation import Correlator
from etl.dws import EnhancedDWSMonitor
from etl.monitor import SourceMonitor
from etl.treasury import MunicipalTreasuryMonitor

MONITORS: dict[str, type[SourceMonitor]] = {
    "dws": EnhancedDWSMonitor,
    "treasury": MunicipalTreasuryMonitor,
    "correlation": Correlator,
}

__all__ = ["MONITORS"]
