"""Our own pages about people; those of django-allauth are in `sign_in_urls.py`."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from accounts.views import invitation, invitations, people, profile, sessions, sign_in, start

app_name = "accounts"
urlpatterns = [
    path("", start.Start.as_view(), name="start"),
    path(_("profile/"), profile.Profile.as_view(), name="profile"),
    path(_("sign-in/again/"), sign_in.SignInAgain.as_view(), name="sign_in_again"),
    path(_("sessions/all/"), sessions.AllSessions.as_view(), name="all_sessions"),
    path(_("invitations/"), invitations.Invitations.as_view(), name="invitations"),
    path(_("invitations/<int:pk>/sending/"), invitations.Sending.as_view(), name="invitation_sending"),
    path(_("invitations/<int:pk>/withdrawal/"), invitations.Withdrawal.as_view(), name="invitation_withdrawal"),
    path(_("invitation/<str:token>/"), invitation.Acceptance.as_view(), name="invitation"),
    path(_("people/"), people.People.as_view(), name="people"),
    path(_("people/<int:pk>/"), people.Person.as_view(), name="person"),
    path(_("people/<int:pk>/deactivation/"), people.Deactivation.as_view(), name="deactivation"),
    path(_("people/<int:pk>/reactivation/"), people.Reactivation.as_view(), name="reactivation"),
]
