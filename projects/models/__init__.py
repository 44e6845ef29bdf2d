"""The record: what we know, since when, from which bytes. All tables of the project live here."""

from projects.models.agent import AgentName
from projects.models.alerts import Alert, AlertMessage, Heartbeat
from projects.models.area import AreaReading, AreaState
from projects.models.change_index import ChangeEvent, ChangeFacet, ProjectStep
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
from projects.models.flag import ChangeTopic, Flag, FlagRules
from projects.models.merge import Distinct, Merge, merged_from, merged_into
from projects.models.municipality import Municipality, MunicipalityListing, Province
from projects.models.override import Override, OverrideState
from projects.models.project import Identity, Presence, Project, Status
from projects.models.provenance import (
    ACTIVE,
    CUT_OFF,
    GOOD,
    READ,
    HandedIn,
    LookSet,
    RunState,
    Sighting,
    Snapshot,
    Source,
    SyncRun,
)
from projects.models.report import Reply, Report, ReportContact, ReportState
from projects.models.split import Split
from projects.models.subscriptions import (
    Channel,
    Contact,
    DeliveryAttempt,
    DeliveryHost,
    Ending,
    OutboxCursor,
    OutboxMessage,
    Rhythm,
    Subscription,
)
from projects.models.vocabulary import ReadingPlan, Vocabulary

__all__ = [
    "ACTIVE",
    "CUT_OFF",
    "GOOD",
    "READ",
    "AgentName",
    "Alert",
    "AlertMessage",
    "AmountType",
    "AreaReading",
    "AreaState",
    "Cause",
    "ChainHead",
    "ChangeTopic",
    "Channel",
    "Contact",
    "DeliveryAttempt",
    "DeliveryHost",
    "Ending",
    "OutboxCursor",
    "OutboxMessage",
    "Rhythm",
    "Subscription",
    "ChangeEvent",
    "ChangeFacet",
    "ChangeType",
    "DataChangeLog",
    "Discrepancy",
    "DiscrepancyState",
    "Distinct",
    "EntityType",
    "Flag",
    "FlagRules",
    "HandedIn",
    "Heartbeat",
    "Identity",
    "LogIsAppendOnly",
    "Measure",
    "Merge",
    "MunicipalFigure",
    "Municipality",
    "MunicipalityListing",
    "Override",
    "OverrideState",
    "Presence",
    "Project",
    "ProjectStep",
    "Province",
    "ReadingPlan",
    "Reply",
    "Report",
    "ReportContact",
    "ReportState",
    "RunState",
    "Severity",
    "LookSet",
    "Sighting",
    "Snapshot",
    "Source",
    "Split",
    "Status",
    "SyncRun",
    "Vocabulary",
    "merged_from",
    "merged_into",
]
