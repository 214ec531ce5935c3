from labs.views.assessments import AssessmentNew
from labs.views.corrections import CorrectionNew
from labs.views.decisions import Return, Verification
from labs.views.goals import GoalDetail, GoalEdit, GoalKinds, GoalNew
from labs.views.labs import LabDetail, LabEdit, LabList
from labs.views.measurements import MeasurementDetail, MeasurementNew
from labs.views.mine import Mine

__all__ = [
    "AssessmentNew",
    "CorrectionNew",
    "GoalDetail",
    "GoalEdit",
    "GoalKinds",
    "GoalNew",
    "LabDetail",
    "LabEdit",
    "LabList",
    "MeasurementDetail",
    "MeasurementNew",
    "Mine",
    "Return",
    "Verification",
]
