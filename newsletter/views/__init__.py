from newsletter.views.address_change import AddressConfirmationView, AddressView, AddressWithdrawalView
from newsletter.views.archive import ArchiveView, IssueView
from newsletter.views.confirmation import ConfirmationView, NewConfirmationView
from newsletter.views.deliveries import DeliveriesView, DeliveryLogView
from newsletter.views.desk import DeskView
from newsletter.views.diary import DiaryView
from newsletter.views.entry import EntriesView, EntryView
from newsletter.views.entry_editing import EntryEditView, EntryNewView
from newsletter.views.entry_publication import EntryScheduleView, PublicationView, WithdrawalView
from newsletter.views.failed import FailedView
from newsletter.views.feed import AreaFeed, DiaryFeed, LabFeed
from newsletter.views.imports import (
    ImportCancellationView,
    ImportOrderView,
    ImportProblemsView,
    ImportsView,
    ImportView,
)
from newsletter.views.issues import IssuesView, SchedulesView
from newsletter.views.items import ItemsView
from newsletter.views.preferences import ErasureView, ExportView, PauseView, PreferencesView
from newsletter.views.preview import PreviewMailView, PreviewView
from newsletter.views.progress import IssuePauseView, ProgressView
from newsletter.views.sending import CancellationView, IssueScheduleView, SendingView, TestView
from newsletter.views.subscriber_requests import BlockLiftingView, DepartureView, ErasureOnRequestView
from newsletter.views.subscribers import SubscribersExportView, SubscribersView, SubscriberView
from newsletter.views.subscription import SubscribeView, ThanksView
from newsletter.views.uncertain import ClosureView, ResendingView
from newsletter.views.unsubscription import UnsubscribeView

__all__ = [
    "AddressConfirmationView",
    "AddressView",
    "AddressWithdrawalView",
    "ArchiveView",
    "AreaFeed",
    "BlockLiftingView",
    "CancellationView",
    "ClosureView",
    "ConfirmationView",
    "DeliveriesView",
    "DeliveryLogView",
    "DepartureView",
    "DeskView",
    "DiaryFeed",
    "DiaryView",
    "EntriesView",
    "EntryEditView",
    "EntryNewView",
    "EntryScheduleView",
    "EntryView",
    "ErasureOnRequestView",
    "ErasureView",
    "ExportView",
    "FailedView",
    "ImportCancellationView",
    "ImportOrderView",
    "ImportProblemsView",
    "ImportView",
    "ImportsView",
    "IssuePauseView",
    "IssueScheduleView",
    "IssueView",
    "IssuesView",
    "ItemsView",
    "LabFeed",
    "NewConfirmationView",
    "PauseView",
    "PreferencesView",
    "PreviewMailView",
    "PreviewView",
    "ProgressView",
    "PublicationView",
    "ResendingView",
    "SchedulesView",
    "SendingView",
    "SubscribeView",
    "SubscriberView",
    "SubscribersExportView",
    "SubscribersView",
    "TestView",
    "ThanksView",
    "UnsubscribeView",
    "WithdrawalView",
]
