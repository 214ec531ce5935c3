from newsletter.forms.diary_filter import DiaryFilterForm
from newsletter.forms.entry import EntryForm
from newsletter.forms.issue import IssueForm
from newsletter.forms.moment import MomentForm
from newsletter.forms.preferences import PreferencesForm
from newsletter.forms.recipients import RecipientsForm
from newsletter.forms.subscribe import SubscribeForm

__all__ = [
    "DiaryFilterForm",
    "EntryForm",
    "IssueForm",
    "MomentForm",
    "PreferencesForm",
    "RecipientsForm",
    "SubscribeForm",
]
