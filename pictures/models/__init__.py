from pictures.models.draft import Draft
from pictures.models.focus import Focus
from pictures.models.picture import AlreadyClaimed, NotReady, Picture
from pictures.models.transfer import Transfer

__all__ = ["AlreadyClaimed", "Draft", "Focus", "NotReady", "Picture", "Transfer"]
