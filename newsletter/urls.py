from typing import Any

from django.urls import path, register_converter
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import conditional_page, require_safe

from newsletter import views
from newsletter.converters import TokenConverter

register_converter(TokenConverter, "token")


def feed(view: Any) -> Any:
    """Feed readers ask every hour: the answer is short when nothing has changed."""
    return require_safe(conditional_page(view))


app_name = "newsletter"
urlpatterns = [
    # The diary
    path(_("diary/"), views.DiaryView.as_view(), name="diary"),
    path(_("diary/feed/"), feed(views.DiaryFeed()), name="feed"),
    path(_("diary/feed/labs/<slug:slug>/"), feed(views.LabFeed()), name="lab_feed"),
    path(_("diary/feed/areas/<slug:slug>/"), feed(views.AreaFeed()), name="area_feed"),
    path(_("diary/new/"), views.EntryNewView.as_view(), name="entry_new"),
    path(_("diary/mine/"), views.EntriesView.as_view(), name="entries"),
    path(_("diary/<slug:slug>/"), views.EntryView.as_view(), name="entry"),
    path(_("diary/<slug:slug>/manuscript/"), views.EntryEditView.as_view(), name="entry_edit"),
    path(_("diary/<slug:slug>/publication/"), views.PublicationView.as_view(), name="entry_publication"),
    path(_("diary/<slug:slug>/schedule/"), views.EntryScheduleView.as_view(), name="entry_schedule"),
    path(_("diary/<slug:slug>/withdrawal/"), views.WithdrawalView.as_view(), name="entry_withdrawal"),
    # Subscribing. The addresses in mails are short, so that no mail program folds or encodes them.
    path(_("newsletter/"), views.SubscribeView.as_view(), name="subscribe"),
    path(_("newsletter/thanks/"), views.ThanksView.as_view(), name="thanks"),
    path(_("newsletter/confirm/<token:token>/"), views.ConfirmationView.as_view(), name="confirmation"),
    path(_("newsletter/confirm/<token:token>/letter/"), views.NewConfirmationView.as_view(), name="new_confirmation"),
    path(_("newsletter/address/<token:token>/"), views.AddressConfirmationView.as_view(), name="address_confirmation"),
    path("p/<token:token>/", views.PreferencesView.as_view(), name="preferences"),
    path(_("p/<token:token>/pause/"), views.PauseView.as_view(), name="pause"),
    path(_("p/<token:token>/address/"), views.AddressView.as_view(), name="address"),
    path(_("p/<token:token>/address/withdrawal/"), views.AddressWithdrawalView.as_view(), name="address_withdrawal"),
    path(_("p/<token:token>/data/"), views.ExportView.as_view(), name="export"),
    path(_("p/<token:token>/erasure/"), views.ErasureView.as_view(), name="erasure"),
    path("u/<token:token>/", views.UnsubscribeView.as_view(), name="unsubscribe"),
    # What has been sent
    path(_("newsletter/archive/"), views.ArchiveView.as_view(), name="archive"),
    path(_("newsletter/archive/<int:pk>-<slug:slug>/"), views.IssueView.as_view(), name="issue"),
    # The coordinators' desk
    path(_("newsletter/issues/"), views.IssuesView.as_view(), name="issues"),
    path(_("newsletter/issues/schedules/"), views.SchedulesView.as_view(), name="schedules"),
    path(_("newsletter/issues/<int:pk>/"), views.DeskView.as_view(), name="desk"),
    path(_("newsletter/issues/<int:pk>/items/"), views.ItemsView.as_view(), name="items"),
    path(_("newsletter/issues/<int:pk>/preview/"), views.PreviewView.as_view(), name="preview"),
    path(_("newsletter/issues/<int:pk>/preview/mail/"), views.PreviewMailView.as_view(), name="preview_mail"),
    path(_("newsletter/issues/<int:pk>/test/"), views.TestView.as_view(), name="issue_test"),
    path(_("newsletter/issues/<int:pk>/sending/"), views.SendingView.as_view(), name="sending"),
    path(_("newsletter/issues/<int:pk>/schedule/"), views.IssueScheduleView.as_view(), name="issue_schedule"),
    path(_("newsletter/issues/<int:pk>/cancellation/"), views.CancellationView.as_view(), name="cancellation"),
    path(_("newsletter/issues/<int:pk>/progress/"), views.ProgressView.as_view(), name="progress"),
    path(_("newsletter/issues/<int:pk>/pause/"), views.IssuePauseView.as_view(), name="issue_pause"),
    path(_("newsletter/issues/<int:pk>/deliveries/"), views.DeliveriesView.as_view(), name="deliveries"),
    path(_("newsletter/issues/<int:pk>/deliveries/log/"), views.DeliveryLogView.as_view(), name="delivery_log"),
    path(_("newsletter/issues/<int:pk>/deliveries/closure/"), views.ClosureView.as_view(), name="closure"),
    path(_("newsletter/issues/<int:pk>/deliveries/resending/"), views.ResendingView.as_view(), name="resending"),
    path(_("newsletter/issues/<int:pk>/deliveries/failed/"), views.FailedView.as_view(), name="failed"),
    # The coordinators' subscribers
    path(_("newsletter/subscribers/"), views.SubscribersView.as_view(), name="subscribers"),
    path(_("newsletter/subscribers/export/"), views.SubscribersExportView.as_view(), name="subscribers_export"),
    path(_("newsletter/subscribers/import/"), views.ImportsView.as_view(), name="imports"),
    path(_("newsletter/subscribers/import/<int:pk>/"), views.ImportView.as_view(), name="import"),
    path(_("newsletter/subscribers/import/<int:pk>/order/"), views.ImportOrderView.as_view(), name="import_order"),
    path(
        _("newsletter/subscribers/import/<int:pk>/cancellation/"),
        views.ImportCancellationView.as_view(),
        name="import_cancellation",
    ),
    path(
        _("newsletter/subscribers/import/<int:pk>/problems/"),
        views.ImportProblemsView.as_view(),
        name="import_problems",
    ),
    path(_("newsletter/subscribers/<int:pk>/"), views.SubscriberView.as_view(), name="subscriber"),
    path(_("newsletter/subscribers/<int:pk>/departure/"), views.DepartureView.as_view(), name="subscriber_departure"),
    path(
        _("newsletter/subscribers/<int:pk>/block-lifting/"),
        views.BlockLiftingView.as_view(),
        name="subscriber_block_lifting",
    ),
    path(
        _("newsletter/subscribers/<int:pk>/erasure/"),
        views.ErasureOnRequestView.as_view(),
        name="subscriber_erasure",
    ),
]
