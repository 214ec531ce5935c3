import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.translation import override


def drawn(text: str, **context: object) -> str:
    return Template(text).render(Context(context))


def test_an_icon_is_hidden_unless_it_has_a_label():
    assert 'aria-hidden="true"' in drawn('{% icon "mail" %}')
    assert 'role="img" aria-label="Brev &amp; bud"' in drawn('{% icon "mail" words %}', words="Brev & bud")


def test_a_misspelt_icon_is_found_out():
    with pytest.raises(KeyError):
        drawn('{% icon "mial" %}')


@pytest.mark.parametrize(("level", "filled"), [(None, 0), (1, 1), (5, 5)])
def test_evidence_fills_as_many_marks_as_its_level(level, filled):
    html = drawn("{% evidence level %}", level=level)
    assert html.count("evidence__mark--filled") == filled
    assert html.count('class="evidence__mark') - html.count('class="evidence__marks') == 5


def test_evidence_is_said_in_words():
    assert "3 av 5" in drawn("{% evidence 3 %}")
    assert "Jämförd med en jämförelsegrupp" in drawn("{% evidence 3 %}")
    assert "Evidensnivån är inte bedömd än" in drawn("{% evidence None %}")


def test_the_stepper_marks_the_phase_one_is_in():
    html = drawn('{% stepper "evaluate" %}')
    current = html[html.index('aria-current="step"') :]
    assert "Utvärdera" in current[: current.index("</li>")]
    assert html.count("stepper__step--done") == 2


def test_a_stopped_method_says_so_in_the_stepper():
    assert "Avslutad" in drawn('{% stepper "stopped" %}')


def test_breadcrumbs_end_in_the_page_itself():
    html = drawn('{% breadcrumbs "Hem" "website:home" here %}', here="<Här>")
    assert '<a href="/">Hem</a>' in html
    assert '<span aria-current="page">&lt;Här&gt;</span>' in html


@pytest.mark.parametrize(
    ("path", "current"), [("/sok/", ' aria-current="page"'), ("/sok/mer/", ' aria-current="true"'), ("/om/", "")]
)
def test_a_link_of_the_navigation_knows_where_one_is(path, current):
    html = drawn('{% nav_link "website:search" "Sök" %}', request=RequestFactory().get(path))
    assert html.strip() == f'<a href="/sok/"{current}><span>Sök</span></a>'


def test_the_page_keeps_its_query_in_the_other_language():
    request = RequestFactory().get("/sok/", {"q": "boden"})
    with override("sv"):
        html = drawn("{% language_addresses as all %}{% for one in all %}{{ one.path }} {% endfor %}", request=request)
    assert html.split() == ["/sok/?q=boden", "/en/search/?q=boden"]


def test_a_page_that_is_nowhere_leads_to_the_other_home_page():
    request = RequestFactory().get("/finns/inte/")
    html = drawn(
        "{% language_addresses as all %}{% for one in all %}{{ one.path }}{{ one.exists }} {% endfor %}",
        request=request,
    )
    assert html.split() == ["/False", "/en/False"]
