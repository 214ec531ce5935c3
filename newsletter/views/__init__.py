from newsletter.views.archive import ArchiveView, IssueView
from newsletter.views.confirmation import ConfirmationView
from newsletter.views.deliveries import DeliveriesView, DeliveryLogView
from newsletter.views.desk import DeskView
from newsletter.views.diary import DiaryView
from newsletter.views.entry import EntriesView, EntryView
from newsletter.views.entry_editing import EntryEditView, EntryNewView
from newsletter.views.entry_publication import EntryScheduleView, PublicationView, WithdrawalView
from newsletter.views.feed import AreaFeed, DiaryFeed, LabFeed
from newsletter.views.issues import IssuesView, SchedulesView
from newsletter.views.items import ItemsView
from newsletter.views.preferences import ErasureView, ExportView, PauseView, PreferencesView
from newsletter.views.preview import PreviewMailView, PreviewView
from newsletter.views.progress import IssuePauseView, ProgressView
from newsletter.views.sending import CancellationView, IssueScheduleView, SendingView, TestView
from newsletter.views.subscription import SubscribeView, ThanksView
from newsletter.views.uncertain import ClosureView, ResendingView
from newsletter.views.unsubscription import UnsubscribeView

__all__ = [
    "ArchiveView",
    "AreaFeed",
    "CancellationView",
    "ClosureView",
    "ConfirmationView",
    "DeliveriesView",
    "DeliveryLogView",
    "DeskView",
    "DiaryFeed",
    "DiaryView",
    "EntriesView",
    "EntryEditView",
    "EntryNewView",
    "EntryScheduleView",
    "EntryView",
    "ErasureView",
    "ExportView",
    "IssuePauseView",
    "IssueScheduleView",
    "IssueView",
    "IssuesView",
    "ItemsView",
    "LabFeed",
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
    "TestView",
    "ThanksView",
    "UnsubscribeView",
    "WithdrawalView",
]
