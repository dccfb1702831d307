"""Where the pages hang: lists with their lines, items with what is done to them, proposals to reopen."""

from flask import Blueprint

lists_bp = Blueprint("problem_lists", __name__)
items_bp = Blueprint("problem_items", __name__)
