"""The one blueprint of the feature."""

from flask import Blueprint

bp = Blueprint("identity", __name__)
