import pytest
from django.template import Context, Template
from django.test import override_settings

from tests.pictures.factories import kept_picture, ready_picture

pytestmark = pytest.mark.django_db


def drawn(picture, arguments: str = "") -> str:
    html = Template("{% load pictures %}{% picture picture " + arguments + " %}").render(Context({"picture": picture}))
    return " ".join(html.split())


def test_a_ready_picture_in_all_its_widths():
    picture = ready_picture(width=1000, height=500, alt="Ett <hus>")
    url = f"/bilder/{picture.pk}"
    assert drawn(picture, 'sizes="50vw" class="wide"') == (
        '<picture class="wide"> <source type="image/webp" '
        f'srcset="{url}/320.webp 320w, {url}/640.webp 640w, {url}/1000.webp 1000w" sizes="50vw"> '
        f'<img src="{url}/1000.jpg" srcset="{url}/320.jpg 320w, {url}/640.jpg 640w, {url}/1000.jpg 1000w" '
        'sizes="50vw" width="1000" height="500" alt="Ett &lt;hus&gt;" decoding="async" loading="lazy"> </picture>'
    )


def test_numbers_in_attributes_have_no_separators():
    with override_settings(USE_THOUSAND_SEPARATOR=True):
        assert 'width="1920" height="1280"' in drawn(ready_picture(width=6000, height=4000))


def test_the_alt_of_the_page_goes_before_the_pictures_own():
    assert 'alt=""' in drawn(ready_picture(), 'alt=""')
    assert 'fetchpriority="high"' in drawn(ready_picture(), "eager=True")


def test_a_shown_picture_carries_a_key_in_every_address():
    html = drawn(ready_picture(), "shown=True")
    assert html.count("?key=") == html.count("/bilder/") == 5


def test_no_picture_draws_nothing():
    assert drawn(None) == ""


def test_one_being_checked_has_a_placeholder_in_its_shape():
    html = drawn(kept_picture())
    assert 'viewBox="0 0 64 48"' in html
    assert "Bilden förbereds." in html
    assert "<img" not in html


def test_a_rejected_one_says_so():
    assert "Bilden kunde inte visas." in drawn(kept_picture(state="rejected", reason="lost"))


def test_a_misspelt_argument_is_an_error():
    with pytest.raises(TypeError, match="klass"):
        drawn(ready_picture(), 'klass="wide"')


def test_drawing_a_picture_asks_the_database_nothing(django_assert_num_queries):
    picture = ready_picture()
    with django_assert_num_queries(0):
        drawn(picture)
