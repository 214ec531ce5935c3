"""What we take, in one place. The numbers are promised to people on the form; changing one changes its sentence too."""

MAX_BYTES = 209_715_200
"""200 MiB. A file of exactly this size is taken; one byte more is refused."""

MAX_REQUEST_BYTES = 3 * MAX_BYTES + 16 * 1024 * 1024
"""Three pictures at their largest and room for the rest of the form. A larger request is answered 413 unread."""

MAX_PIXELS = 120_000_000
MAX_SIDE = 20_000

WIDTHS = (320, 640, 1280, 1920)
"""Pixels across for the public renditions. A picture is never enlarged, and always gets at least one."""

MAX_RENDITION_HEIGHT = 4_096
"""Pixels. Keeps a ribbon-shaped picture inside what WebP can hold and a page can show."""

DRAFT_DAYS = 7
TRANSFER_DAYS = 1
"""Days without a byte after which a picture that is not all here is given up."""

MAX_ATTEMPTS = 3
"""Times a picture is tried before a worker that dies over it is taken as the picture's fault."""
