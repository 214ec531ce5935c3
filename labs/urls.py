from django.urls import path
from django.utils.translation import gettext_lazy as _

from labs.views import (
    AssessmentNew,
    CorrectionNew,
    GoalDetail,
    GoalEdit,
    GoalKinds,
    GoalNew,
    LabDetail,
    LabEdit,
    LabList,
    MeasurementDetail,
    MeasurementNew,
    Mine,
    Return,
    Verification,
)

app_name = "labs"
urlpatterns = [
    path("", LabList.as_view(), name="list"),
    path(_("mine/"), Mine.as_view(), name="mine"),
    path(_("mine/labs/<slug:slug>/"), LabEdit.as_view(), name="edit"),
    path(_("mine/labs/<slug:slug>/goals/new/"), GoalKinds.as_view(), name="goal_kinds"),
    path(
        _("mine/labs/<slug:slug>/goals/new/measurable/"),
        GoalNew.as_view(kind="measurable"),
        name="goal_new_measurable",
    ),
    path(
        _("mine/labs/<slug:slug>/goals/new/qualitative/"),
        GoalNew.as_view(kind="qualitative"),
        name="goal_new_qualitative",
    ),
    path(_("mine/goals/<int:pk>/"), GoalDetail.as_view(), name="goal"),
    path(_("mine/goals/<int:pk>/edit/"), GoalEdit.as_view(), name="goal_edit"),
    path(_("mine/goals/<int:pk>/measurements/new/"), MeasurementNew.as_view(), name="measurement_new"),
    path(_("mine/goals/<int:pk>/assessments/new/"), AssessmentNew.as_view(), name="assessment_new"),
    path(_("mine/measurements/<int:pk>/"), MeasurementDetail.as_view(), name="measurement"),
    path(_("mine/measurements/<int:pk>/correction/"), CorrectionNew.as_view(), name="correction"),
    path(_("mine/measurements/<int:pk>/verification/"), Verification.as_view(), name="verification"),
    path(_("mine/measurements/<int:pk>/return/"), Return.as_view(), name="return"),
    path("<slug:slug>/", LabDetail.as_view(), name="detail"),
]
