from django.urls import path
from django.utils.translation import gettext_lazy as _

from overview.views import Feed, GoalBoard, Home

app_name = "overview"
urlpatterns = [
    path("", Home.as_view(), name="home"),
    path(_("goals/"), GoalBoard.as_view(), name="goals"),
    path(_("events/"), Feed.as_view(), name="events"),
]
