from newsletter.models.address_change import AddressChange
from newsletter.models.bounce import Bounce
from newsletter.models.consent import Consent
from newsletter.models.delivery import Delivery
from newsletter.models.diary_entry import DiaryEntry
from newsletter.models.import_content import ImportContent
from newsletter.models.import_problem import ImportProblem
from newsletter.models.import_row import ImportRow
from newsletter.models.issue import Issue
from newsletter.models.issue_item import IssueItem
from newsletter.models.schedule import Schedule
from newsletter.models.subscriber import Subscriber
from newsletter.models.subscriber_import import SubscriberImport
from newsletter.models.variant import Variant

__all__ = [
    "AddressChange",
    "Bounce",
    "Consent",
    "Delivery",
    "DiaryEntry",
    "ImportContent",
    "ImportProblem",
    "ImportRow",
    "Issue",
    "IssueItem",
    "Schedule",
    "Subscriber",
    "SubscriberImport",
    "Variant",
]
