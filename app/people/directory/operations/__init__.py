"""Writes of the directory, one function per verb."""

from app.people.directory.operations.classrooms import ClassroomsIn, declare_classrooms
from app.people.directory.operations.county import CountyIn, add_first_person, open_county
from app.people.directory.operations.duties import DutyEnd, DutyIn, SchoolsIn, assign_schools, begin_duty, end_duty
from app.people.directory.operations.hand_over import HandOverIn, hand_over
from app.people.directory.operations.people import LeaveIn, PersonIn, add_person, change_person, leave
from app.people.directory.operations.requests import RoleWish, name_deputy, request_role, take_back_request
from app.people.directory.operations.stand_ins import StandInWish, name_stand_in
from app.people.directory.operations.students import EnrolmentAgain, EnrolmentEnd, end_enrolment, enrol_again
from app.people.directory.operations.unit_sheets import Taken, UnitsIn, take_units
from app.people.directory.operations.units import (
    AliasIn,
    CloseIn,
    UnitIn,
    add_alias,
    change_unit,
    close_unit,
    open_unit,
    remove_alias,
)

__all__ = [
    "AliasIn",
    "ClassroomsIn",
    "CloseIn",
    "CountyIn",
    "DutyEnd",
    "DutyIn",
    "EnrolmentAgain",
    "EnrolmentEnd",
    "HandOverIn",
    "LeaveIn",
    "PersonIn",
    "RoleWish",
    "SchoolsIn",
    "StandInWish",
    "Taken",
    "UnitIn",
    "UnitsIn",
    "add_alias",
    "add_first_person",
    "add_person",
    "assign_schools",
    "begin_duty",
    "change_person",
    "change_unit",
    "close_unit",
    "declare_classrooms",
    "end_duty",
    "end_enrolment",
    "enrol_again",
    "hand_over",
    "leave",
    "name_deputy",
    "name_stand_in",
    "open_county",
    "open_unit",
    "remove_alias",
    "request_role",
    "take_back_request",
    "take_units",
]
