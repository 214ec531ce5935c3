from labs.forms.assessment import AssessmentForm
from labs.forms.goal import MeasurableGoalForm, QualitativeGoalForm
from labs.forms.lab import LabForm
from labs.forms.measurement import MeasurementForm, ReturnForm

__all__ = ["AssessmentForm", "LabForm", "MeasurableGoalForm", "MeasurementForm", "QualitativeGoalForm", "ReturnForm"]
