"""The record: what we know, since when, from which bytes. All tables of the project live here."""

from projects.models.alerts import Alert, AlertMessage, Heartbeat
from projects.models.area import AreaReading, AreaState
from projects.models.changelog import (
    Cause,
    ChainHead,
    ChangeType,
    DataChangeLog,
    EntityType,
    LogIsAppendOnly,
    Severity,
)
from projects.models.discrepancy import Discrepancy, DiscrepancyState
from projects.models.finance import AmountType, Measure, MunicipalFigure
from projects.models.municipality import Municipality, MunicipalityListing, Province
from projects.models.override import Override, OverrideState
from projects.models.project import Identity, Presence, Project, Status
from projects.models.provenance import (
    ACTIVE,
    CUT_OFF,
    GOOD,
    READ,
    RunState,
    Sighting,
    Snapshot,
    Source,
    SyncRun,
)
from projects.models.vocabulary import ReadingPlan, Vocabulary

__all__ = [
    "ACTIVE",
    "CUT_OFF",
    "GOOD",
    "READ",
    "Alert",
    "AlertMessage",
    "AmountType",
    "AreaReading",
    "AreaState",
    "Cause",
    "ChainHead",
    "ChangeType",
    "DataChangeLog",
    "Discrepancy",
    "DiscrepancyState",
    "EntityType",
    "Heartbeat",
    "Identity",
    "LogIsAppendOnly",
    "Measure",
    "MunicipalFigure",
    "Municipality",
    "MunicipalityListing",
    "Override",
    "OverrideState",
    "Presence",
    "Project",
    "Province",
    "ReadingPlan",
    "RunState",
    "Severity",
    "Sighting",
    "Snapshot",
    "Source",
    "Status",
    "SyncRun",
    "Vocabulary",
]
