"""The improvement loop's pages, menu, letters and movable records, put in by the factory."""

from __future__ import annotations

from flask import Flask

from app.core.casework.records import movable
from app.improvement.accountability import assembly as accountability
from app.improvement.accountability.models import AccountabilityRecord
from app.improvement.boards import assembly as boards
from app.improvement.chain import assembly as chain
from app.improvement.citizen_letters import assembly as citizen_letters
from app.improvement.citizen_letters.models import CitizenLetter
from app.improvement.disclosure import assembly as disclosure
from app.improvement.disclosure.models import DataNeed, ResultDisclosure, ShowcaseEntry
from app.improvement.effects import assembly as effects
from app.improvement.effects.models import ClosureRequest, EffectEvaluation, InterpretationReport, Recheck
from app.improvement.inspection import assembly as inspection
from app.improvement.inspection.models import InspectionTree
from app.improvement.monitoring import assembly as monitoring
from app.improvement.monitoring.models import DataFinding, MonitoringCycle, ReleaseAck
from app.improvement.plans import assembly as plans
from app.improvement.plans.models import Evidence, RemediationAction, RemediationPlan
from app.improvement.problems import assembly as problems
from app.improvement.problems.models import ProblemItem, ProblemList, Reopening
from app.improvement.sampling import assembly as sampling
from app.improvement.sampling.models import ListCheck
from app.improvement.suppliers import assembly as suppliers
from app.improvement.visits import assembly as visits
from app.improvement.visits.models import SupervisionVisit

FEATURES = (
    "monitoring",
    "problems",
    "plans",
    "inspection",
    "visits",
    "effects",
    "sampling",
    "chain",
    "boards",
    "disclosure",
    "citizen_letters",
    "accountability",
    "suppliers",
)


def assemble(app: Flask) -> None:
    """Each feature hands in its blueprint and menu by `register(app)` of its package's `assembly` module."""
    movable(
        MonitoringCycle,
        ReleaseAck,
        DataFinding,
        ProblemList,
        ProblemItem,
        Reopening,
        RemediationPlan,
        RemediationAction,
        Evidence,
        SupervisionVisit,
        InspectionTree,
        EffectEvaluation,
        ClosureRequest,
        Recheck,
        ListCheck,
        InterpretationReport,
        ResultDisclosure,
        ShowcaseEntry,
        DataNeed,
        CitizenLetter,
        AccountabilityRecord,
    )
    monitoring.register(app)
    problems.register(app)
    plans.register(app)
    inspection.register(app)
    visits.register(app)
    effects.register(app)
    sampling.register(app)
    chain.register(app)
    boards.register(app)
    disclosure.register(app)
    citizen_letters.register(app)
    accountability.register(app)
    suppliers.register(app)
