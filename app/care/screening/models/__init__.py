"""Tables of screening: campaigns and their tasks, sealed answers, results, alerts."""

from app.care.screening.models.answers import HelpCall, ScaleResponse
from app.care.screening.models.campaigns import DutyDay, ScreeningCampaign, ScreeningTask
from app.care.screening.models.paper import PaperSheet
from app.care.screening.models.results import CriticalAlert, ScaleResult
from app.care.screening.models.scales import ScaleVersion, definitions, pinned, scales_in_force

__all__ = [
    "CriticalAlert",
    "DutyDay",
    "HelpCall",
    "PaperSheet",
    "ScaleResponse",
    "ScaleResult",
    "ScaleVersion",
    "ScreeningCampaign",
    "ScreeningTask",
    "definitions",
    "pinned",
    "scales_in_force",
]
