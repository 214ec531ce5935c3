from pictures.models.draft import Draft
from pictures.models.picture import AlreadyClaimed, NotReady, Picture

__all__ = ["AlreadyClaimed", "Draft", "NotReady", "Picture"]
