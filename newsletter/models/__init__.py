from newsletter.models.bounce import Bounce
from newsletter.models.consent import Consent
from newsletter.models.delivery import Delivery
from newsletter.models.diary_entry import DiaryEntry
from newsletter.models.issue import Issue
from newsletter.models.issue_item import IssueItem
from newsletter.models.schedule import Schedule
from newsletter.models.subscriber import Subscriber
from newsletter.models.variant import Variant

__all__ = ["Bounce", "Consent", "Delivery", "DiaryEntry", "Issue", "IssueItem", "Schedule", "Subscriber", "Variant"]
