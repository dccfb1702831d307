"""Every table of the application in one place, for migrations and checks."""

from app.api import models as api_models
from app.care.access import models as access_models
from app.care.consent import models as consent_models
from app.care.emergencies import models as emergency_models
from app.care.figures import models as figure_models
from app.care.protection import models as protection_models
from app.care.rainbow import models as rainbow_models
from app.care.retention import models as retention_models
from app.care.rights import models as rights_models
from app.care.screening import models as screening_models
from app.care.sharing import models as sharing_models
from app.care.yearly import models as yearly_models
from app.core.audit import models as audit_models
from app.core.casework import deadlines
from app.core.database import Base
from app.core.imports import models as import_models
from app.core.outbox import models as outbox_models
from app.core.policy import assignments
from app.core.reading import models as reading_models
from app.core.vault import rows as vault_rows
from app.improvement.accountability import models as accountability_models
from app.improvement.boards import models as board_models
from app.improvement.citizen_letters import models as letter_models
from app.improvement.disclosure import models as disclosure_models
from app.improvement.effects import models as effect_models
from app.improvement.monitoring import models as monitoring_models
from app.improvement.plans import models as plan_models
from app.improvement.problems import models as problem_models
from app.improvement.sampling import models as sampling_models
from app.improvement.suppliers import models as supplier_models
from app.improvement.visits import models as visit_models
from app.people.controls import models as control_models
from app.people.directory import models as directory_models
from app.people.identity import models as identity_models

metadata = Base.metadata
TABLES = (
    access_models,
    accountability_models,
    api_models,
    assignments,
    audit_models,
    board_models,
    consent_models,
    control_models,
    deadlines,
    directory_models,
    disclosure_models,
    effect_models,
    emergency_models,
    figure_models,
    identity_models,
    import_models,
    letter_models,
    monitoring_models,
    outbox_models,
    plan_models,
    problem_models,
    protection_models,
    reading_models,
    rainbow_models,
    retention_models,
    rights_models,
    sampling_models,
    screening_models,
    sharing_models,
    supplier_models,
    vault_rows,
    visit_models,
    yearly_models,
)
