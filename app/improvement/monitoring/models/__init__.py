"""Tables of monitoring: rounds, indicators, results cell by cell, releases and meetings, findings."""

from app.improvement.monitoring.models.cycles import Indicator, IndicatorVersion, MonitoringCycle, Reconciliation
from app.improvement.monitoring.models.findings import NOT_SET_ASIDE, DataFinding, FindingSupport
from app.improvement.monitoring.models.meetings import BriefingRecord, FeedbackMeeting, FollowUp, MeetingFinding
from app.improvement.monitoring.models.releases import DataRelease, ReleaseAck
from app.improvement.monitoring.models.results import MonitoringResult, SourceConflict

__all__ = [
    "BriefingRecord",
    "NOT_SET_ASIDE",
    "DataFinding",
    "DataRelease",
    "FeedbackMeeting",
    "FindingSupport",
    "FollowUp",
    "Indicator",
    "IndicatorVersion",
    "MeetingFinding",
    "MonitoringCycle",
    "MonitoringResult",
    "Reconciliation",
    "ReleaseAck",
    "SourceConflict",
]
