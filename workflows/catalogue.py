"""All workflows: what the application, the handbook, the diagrams and the checks walk."""

from typing import Final

from workflows.care.break_glass import BREAK_GLASS
from workflows.care.care_duty import CARE_DUTY
from workflows.care.code_change_request import CODE_CHANGE_REQUEST
from workflows.care.consent import CONSENT
from workflows.care.critical_alert import CRITICAL_ALERT
from workflows.care.emergency_notice import EMERGENCY_NOTICE
from workflows.care.figure_release import FIGURE_RELEASE
from workflows.care.handover import HANDOVER
from workflows.care.identity_grant import IDENTITY_GRANT
from workflows.care.impact_assessment import IMPACT_ASSESSMENT
from workflows.care.purge_batch import PURGE_BATCH
from workflows.care.rainbow_assessment import RAINBOW_ASSESSMENT
from workflows.care.retention_period import RETENTION_PERIOD
from workflows.care.rights_request import RIGHTS_REQUEST
from workflows.care.rule_set import RULE_SET
from workflows.care.scale_definition import SCALE_DEFINITION
from workflows.care.screening_campaign import SCREENING_CAMPAIGN
from workflows.care.screening_task import SCREENING_TASK
from workflows.care.yearly_audit import YEARLY_AUDIT
from workflows.imports.import_batch import IMPORT_BATCH
from workflows.improvement.accountability_record import ACCOUNTABILITY_RECORD
from workflows.improvement.citizen_letter import CITIZEN_LETTER
from workflows.improvement.closure_request import CLOSURE_REQUEST
from workflows.improvement.data_finding import DATA_FINDING
from workflows.improvement.data_need import DATA_NEED
from workflows.improvement.effect_evaluation import EFFECT_EVALUATION
from workflows.improvement.evidence import EVIDENCE
from workflows.improvement.inspection_tree import INSPECTION_TREE
from workflows.improvement.interpretation_report import INTERPRETATION_REPORT
from workflows.improvement.list_check import LIST_CHECK
from workflows.improvement.monitoring_cycle import MONITORING_CYCLE
from workflows.improvement.problem_item import PROBLEM_ITEM
from workflows.improvement.problem_list import PROBLEM_LIST
from workflows.improvement.recheck import RECHECK
from workflows.improvement.release_ack import RELEASE_ACK
from workflows.improvement.remediation_action import REMEDIATION_ACTION
from workflows.improvement.remediation_plan import REMEDIATION_PLAN
from workflows.improvement.reopening import REOPENING
from workflows.improvement.result_disclosure import RESULT_DISCLOSURE
from workflows.improvement.showcase_entry import SHOWCASE_ENTRY
from workflows.improvement.supervision_visit import SUPERVISION_VISIT
from workflows.vocabulary import Step, Workflow

ALL: Final[tuple[Workflow, ...]] = (
    IMPORT_BATCH,
    MONITORING_CYCLE,
    RELEASE_ACK,
    DATA_FINDING,
    PROBLEM_LIST,
    PROBLEM_ITEM,
    REMEDIATION_PLAN,
    REMEDIATION_ACTION,
    EVIDENCE,
    SUPERVISION_VISIT,
    INSPECTION_TREE,
    EFFECT_EVALUATION,
    INTERPRETATION_REPORT,
    CLOSURE_REQUEST,
    RECHECK,
    LIST_CHECK,
    REOPENING,
    RESULT_DISCLOSURE,
    SHOWCASE_ENTRY,
    DATA_NEED,
    CITIZEN_LETTER,
    ACCOUNTABILITY_RECORD,
    CONSENT,
    RAINBOW_ASSESSMENT,
    CODE_CHANGE_REQUEST,
    RULE_SET,
    CARE_DUTY,
    SCALE_DEFINITION,
    SCREENING_CAMPAIGN,
    SCREENING_TASK,
    CRITICAL_ALERT,
    BREAK_GLASS,
    IDENTITY_GRANT,
    RIGHTS_REQUEST,
    FIGURE_RELEASE,
    EMERGENCY_NOTICE,
    HANDOVER,
    IMPACT_ASSESSMENT,
    YEARLY_AUDIT,
    RETENTION_PERIOD,
    PURGE_BATCH,
)
WORKFLOWS: Final[dict[str, Workflow]] = {workflow.name: workflow for workflow in ALL}


def workflow(name: str) -> Workflow:
    """The workflow of that name, in its present version; KeyError where there is none."""
    return WORKFLOWS[name]


def step(key: str) -> Step:
    """The step of a key such as "problem_item.accept"; KeyError where there is none."""
    machine, _, name = key.partition(".")
    return WORKFLOWS[machine].step(name)


def rights() -> frozenset[str]:
    """Every right that some step asks for."""
    return frozenset(right for each in ALL for right in each.rights)
