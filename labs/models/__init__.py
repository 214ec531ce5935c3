from labs.models.assessment import Assessment
from labs.models.focus_area import FocusArea
from labs.models.goal import Goal
from labs.models.lab import Lab
from labs.models.measurement import Measurement
from labs.models.membership import Membership
from labs.models.organisation import Organisation
from labs.models.partner import Partner
from labs.models.progress import Progress

__all__ = [
    "Assessment",
    "FocusArea",
    "Goal",
    "Lab",
    "Measurement",
    "Membership",
    "Organisation",
    "Partner",
    "Progress",
]
