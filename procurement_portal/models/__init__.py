from procurement_portal.models.application import Application
from procurement_portal.models.category import Category
from procurement_portal.models.change_request import ChangeRequest
from procurement_portal.models.complement_request import ComplementRequest
from procurement_portal.models.decision_letter import DecisionLetter
from procurement_portal.models.decision_template import DecisionTemplate
from procurement_portal.models.no_more_tips import NoMoreTips
from procurement_portal.models.note import Note
from procurement_portal.models.recommendation import Recommendation
from procurement_portal.models.referral import Referral
from procurement_portal.models.referral_pause import ReferralPause
from procurement_portal.models.started_application import StartedApplication
from procurement_portal.models.supplier import Supplier
from procurement_portal.models.tip import Tip

__all__ = [
    "Application",
    "Category",
    "ChangeRequest",
    "ComplementRequest",
    "DecisionLetter",
    "DecisionTemplate",
    "NoMoreTips",
    "Note",
    "Recommendation",
    "Referral",
    "ReferralPause",
    "StartedApplication",
    "Supplier",
    "Tip",
]
