from methods.models.claim import Claim
from methods.models.component import Component
from methods.models.evidence import Evidence
from methods.models.illustration import Illustration
from methods.models.method import Method
from methods.models.review import Review, ReviewComment
from methods.models.revision import Revision

__all__ = ["Claim", "Component", "Evidence", "Illustration", "Method", "Review", "ReviewComment", "Revision"]
