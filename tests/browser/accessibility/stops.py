"""Where every page template can be seen. A template that no stop shows fails `test_catalogue.py`."""

from tests.browser.accessibility.insiders import COORDINATING, IN_A_LAB, SIGNING_IN
from tests.browser.accessibility.visitors import BY_LINK, GONE_WRONG, PUBLIC

STOPS = [*PUBLIC, *BY_LINK, *SIGNING_IN, *IN_A_LAB, *COORDINATING, *GONE_WRONG]
