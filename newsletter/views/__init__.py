from newsletter.views.archive import ArchiveView, IssueView
from newsletter.views.confirmation import ConfirmationView
from newsletter.views.diary import DiaryView
from newsletter.views.entry import EntriesView, EntryView
from newsletter.views.entry_editing import EntryEditView, EntryNewView
from newsletter.views.entry_publication import EntryScheduleView, PublicationView, WithdrawalView
from newsletter.views.feed import DiaryFeed
from newsletter.views.preferences import ErasureView, ExportView, PauseView, PreferencesView
from newsletter.views.subscription import SubscribeView, ThanksView
from newsletter.views.unsubscription import UnsubscribeView

__all__ = [
    "ArchiveView",
    "ConfirmationView",
    "DiaryFeed",
    "DiaryView",
    "EntriesView",
    "EntryEditView",
    "EntryNewView",
    "EntryScheduleView",
    "EntryView",
    "ErasureView",
    "ExportView",
    "IssueView",
    "PauseView",
    "PreferencesView",
    "PublicationView",
    "SubscribeView",
    "ThanksView",
    "UnsubscribeView",
    "WithdrawalView",
]
