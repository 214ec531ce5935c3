"""What holds for every page behind a token from a mail, also when the token leads nowhere."""

import pytest
from django.urls import reverse

PAGES = [
    "status", "receipt", "erasure", "continuation",
    "renewal", "change_proposal", "new_address", "referral_confirmation",
]  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_a_link_that_leads_nowhere_is_kept_by_nobody_and_told_to_nobody(client, db, name):
    response = client.get(reverse(f"procurement_portal:{name}", args=["forged"]))
    assert (response.status_code, "no-store" in response["Cache-Control"]) == (404, True)
    assert (response["Referrer-Policy"], response["X-Robots-Tag"]) == ("same-origin", "noindex, nofollow")
    assert "Länken fungerar inte" in response.content.decode()
