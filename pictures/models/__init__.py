from pictures.models.draft import Draft
from pictures.models.focus import Focus
from pictures.models.picture import AlreadyClaimed, NotReady, Picture

__all__ = ["AlreadyClaimed", "Draft", "Focus", "NotReady", "Picture"]
