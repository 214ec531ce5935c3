from newsletter.views.archive import ArchiveView, IssueView
from newsletter.views.confirmation import ConfirmationView
from newsletter.views.deliveries import DeliveriesView
from newsletter.views.desk import DeskView, ItemsView
from newsletter.views.diary import DiaryView
from newsletter.views.entry import EntriesView, EntryView
from newsletter.views.entry_editing import EntryEditView, EntryNewView
from newsletter.views.entry_publication import EntryScheduleView, PublicationView, WithdrawalView
from newsletter.views.feed import AreaFeed, DiaryFeed, LabFeed
from newsletter.views.issues import IssuesView, SchedulesView
from newsletter.views.preferences import ErasureView, ExportView, PauseView, PreferencesView
from newsletter.views.preview import PreviewMailView, PreviewView
from newsletter.views.sending import CancellationView, IssueScheduleView, SendingView, TestView
from newsletter.views.subscription import SubscribeView, ThanksView
from newsletter.views.unsubscription import UnsubscribeView

__all__ = [
    "ArchiveView",
    "AreaFeed",
    "CancellationView",
    "ConfirmationView",
    "DeliveriesView",
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
    "IssueScheduleView",
    "IssueView",
    "IssuesView",
    "ItemsView",
    "LabFeed",
    "PauseView",
    "PreferencesView",
    "PreviewMailView",
    "PreviewView",
    "PublicationView",
    "SchedulesView",
    "SendingView",
    "SubscribeView",
    "TestView",
    "ThanksView",
    "UnsubscribeView",
    "WithdrawalView",
]
