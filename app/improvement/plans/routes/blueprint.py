"""The blueprints of plans, one for each line of the menu and each kind of address."""

from __future__ import annotations

from flask import Blueprint

plans = Blueprint("plans", __name__, url_prefix="/plans")
actions = Blueprint("actions", __name__, url_prefix="/actions")
evidence = Blueprint("evidence", __name__, url_prefix="/evidence")
verification = Blueprint("verification", __name__, url_prefix="/verification")
documents = Blueprint("plan_documents", __name__, url_prefix="/plan-documents")
papers = Blueprint("plan_papers", __name__, url_prefix="/verify/plans")
burden = Blueprint("burden", __name__, url_prefix="/burden")
topics = Blueprint("training_topics", __name__, url_prefix="/training-topics")
BLUEPRINTS = (plans, actions, evidence, verification, documents, papers, burden, topics)
