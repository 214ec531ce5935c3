"""How every form is drawn: a summary that leads to the fields, hints and errors that are read with them."""

import re

from django import forms
from django.core.exceptions import ValidationError


class Errand(forms.Form):
    name = forms.CharField(label="Namn", max_length=5, help_text="Som på dörren.")
    size = forms.ChoiceField(label="Storlek", choices=[("s", "Liten"), ("l", "Stor")], widget=forms.RadioSelect)
    topics = forms.MultipleChoiceField(label="Ämnen", choices=[("a", "A")], widget=forms.CheckboxSelectMultiple)
    agreed = forms.BooleanField(label="Jag går med på det")
    note = forms.CharField(label="Anteckning", required=False, widget=forms.Textarea)

    def clean(self):
        if self.data.get("whole"):
            raise ValidationError("Det hänger inte ihop.")
        return super().clean()


def drawn(data: dict[str, str] | None) -> str:
    return re.sub(r"\s+", " ", str(Errand(data)))


def test_an_empty_form_has_no_summary():
    assert "error-summary" not in drawn(None)


def test_the_summary_links_to_the_first_input_of_each_field():
    html = drawn({})
    summary = html[: html.index("</ul>")]
    targets = re.findall(r'href="#([^"]+)"', summary)
    assert targets == ["id_name", "id_size_0", "id_topics_0", "id_agreed"]
    assert all(f'id="{target}"' in html for target in targets)


def test_the_summary_takes_the_focus_and_is_an_alert():
    assert '<div class="error-summary" role="alert" tabindex="-1" autofocus>' in drawn({})


def test_the_summary_holds_what_concerns_the_whole_form():
    html = drawn({"whole": "1"})
    assert "<li>Det hänger inte ihop.</li>" in html


def test_the_summary_names_the_field():
    assert "Namn: Fyll i det här." in drawn({})


def test_the_summary_puts_no_colon_after_a_question():
    class Question(forms.Form):
        rhythm = forms.CharField(label="Hur ofta?")

    assert ">Hur ofta? Fyll i det här.</a>" in str(Question({}))


def test_hint_and_error_are_read_with_the_field():
    html = drawn({})
    assert re.search(r'<input type="text" name="name"[^>]* aria-describedby="id_name_helptext id_name_error"', html)
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html


def test_a_group_of_choices_has_a_legend_and_its_error():
    html = drawn({})
    group = html[html.index("<fieldset") : html.index("</fieldset>")]
    assert "Storlek" in group[group.index("<legend") : group.index("</legend>")]
    assert 'aria-describedby="id_size_error"' in group


def test_what_was_typed_stays():
    html = drawn({"name": "För långt namn", "note": "<b>kvar</b>", "size": "l"})
    assert 'value="För långt namn"' in html
    assert "&lt;b&gt;kvar&lt;/b&gt;" in html
    assert re.search(r'value="l"[^>]* checked', html)


def test_required_fields_are_marked_in_words_and_others_not():
    html = drawn(None)
    assert html.count("obligatoriskt") == 3
    assert "*" not in html


def test_a_form_of_one_field_has_no_mark():
    class One(forms.Form):
        code = forms.CharField(label="Kod")

    assert "obligatoriskt" not in str(One())


def test_a_label_is_escaped():
    class Hostile(forms.Form):
        field = forms.CharField(label="<script>alert(1)</script>")

    assert "<script>" not in str(Hostile({}))
