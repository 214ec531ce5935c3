"""The field, tried on a model that has one."""

import pytest
from django import forms

from methods.models import Method
from richtext.fields import RichTextFormField
from richtext.widgets import RichTextarea

HOSTILE, CLEAN = "<p>Hej<script>alert(1)</script></p>", "<p>Hej</p>"


@pytest.fixture
def method(lab, lab_member) -> Method:
    return Method.start(lab=lab, title="Kafé", by=lab_member)


def test_what_code_saves_is_cleaned(method: Method) -> None:
    method.learned = HOSTILE
    method.save()
    assert method.learned == CLEAN
    method.refresh_from_db()
    assert method.learned == CLEAN


def test_what_an_update_writes_is_cleaned(method: Method) -> None:
    Method.objects.update(learned=HOSTILE)
    method.refresh_from_db()
    assert method.learned == CLEAN


def test_what_is_created_in_bulk_is_cleaned(method: Method) -> None:
    Method.objects.bulk_create([Method(lab=method.lab, title="B", slug="b", learned=HOSTILE)])
    assert Method.objects.get(slug="b").learned == CLEAN
    other = Method.objects.get(slug="b")
    other.learned = HOSTILE
    Method.objects.bulk_update([other], ["learned"])
    assert Method.objects.get(slug="b").learned == CLEAN


class Form(forms.Form):
    body = RichTextFormField(label="Text")


def test_plain_text_is_made_into_paragraphs() -> None:
    form = Form({"body": "Ett\n\nTvå <b>"})
    assert form.is_valid()
    assert form.cleaned_data["body"] == "<p>Ett</p><p>Två &lt;b&gt;</p>"


def test_html_from_the_editor_is_cleaned() -> None:
    form = Form({"body": HOSTILE, "body-format": "html"})
    assert form.is_valid()
    assert form.cleaned_data["body"] == CLEAN


@pytest.mark.parametrize("data", [{}, {"body": ""}, {"body": "<p></p>", "body-format": "html"}, {"body": " \n "}])
def test_without_words_a_required_text_is_missing(data: dict[str, str]) -> None:
    form = Form(data)
    assert not form.is_valid()
    assert list(form.errors) == ["body"]


def test_without_javascript_the_words_show_without_tags() -> None:
    html = RichTextarea().render("body", "<p>Hej <strong>du</strong></p><p>Nytt</p>", {"id": "id_body"})
    assert ">\nHej **du**\n\nNytt</textarea>" in html
    assert 'data-html="&lt;p&gt;Hej' in html


def test_a_refused_form_shows_what_was_typed() -> None:
    html = str(Form({"body": "Ett\n\n<Två>"})["body"])
    assert ">\nEtt\n\n&lt;Två&gt;</textarea>" in html


def test_hostile_html_never_reaches_the_editor() -> None:
    assert "script" not in RichTextarea().render("body", HOSTILE, {"id": "x"}).split('data-html="')[1].split('"')[0]


def test_the_model_gives_its_forms_the_widget() -> None:
    assert isinstance(Method._meta.get_field("learned").formfield().widget, RichTextarea)  # type: ignore[union-attr]


def test_a_text_too_long_for_the_search_index_is_refused() -> None:
    field = Method._meta.get_field("learned").formfield()  # type: ignore[union-attr]
    with pytest.raises(forms.ValidationError, match="50000"):
        field.clean(f"<p>{'å' * 50_000}</p>")  # type: ignore[union-attr]
    assert len(field.clean(f"<p>{'å' * 49_000}</p>")) == 49_007  # type: ignore[union-attr]
