"""Recommendations, versions of the decision letters and the letters as they were sent.

The database keeps what was written: versions, letters and internal notes lose at most their author, when that account
is deleted.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

NUMBER = """
UPDATE procurement_portal_decisiontemplate AS template SET number = counted.number
FROM (
    SELECT id, row_number() OVER (PARTITION BY outcome, language ORDER BY written_at, id) AS number
    FROM procurement_portal_decisiontemplate
) AS counted
WHERE counted.id = template.id;
"""

# The argument is the column that may become null.
KEEP = """
CREATE FUNCTION procurement_portal_words_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - TG_ARGV[0] = to_jsonb(OLD) - TG_ARGV[0] AND to_jsonb(NEW) -> TG_ARGV[0] = 'null' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what was written is kept: update of % % refused', TG_TABLE_NAME, OLD.id
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER words_are_kept BEFORE UPDATE ON procurement_portal_decisiontemplate
    FOR EACH ROW EXECUTE FUNCTION procurement_portal_words_are_kept('written_by_id');
CREATE TRIGGER words_are_kept BEFORE UPDATE ON procurement_portal_note
    FOR EACH ROW EXECUTE FUNCTION procurement_portal_words_are_kept('author_id');
CREATE TRIGGER words_are_kept BEFORE UPDATE ON procurement_portal_decisionletter
    FOR EACH ROW EXECUTE FUNCTION procurement_portal_words_are_kept('no_column');
"""
LET_GO = """
DROP TRIGGER words_are_kept ON procurement_portal_decisiontemplate;
DROP TRIGGER words_are_kept ON procurement_portal_note;
DROP TRIGGER words_are_kept ON procurement_portal_decisionletter;
DROP FUNCTION procurement_portal_words_are_kept();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("procurement_portal", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DecisionLetter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.TextField(verbose_name="subject")),
                ("body", models.TextField(verbose_name="letter")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "decision letter",
            },
        ),
        migrations.CreateModel(
            name="Recommendation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verdict",
                    models.CharField(
                        choices=[("approve", "approve"), ("reject", "reject")],
                        max_length=10,
                        verbose_name="recommendation",
                    ),
                ),
                ("because", models.TextField(max_length=2000, verbose_name="reason")),
                ("recommended_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "recommendation",
            },
        ),
        migrations.RemoveIndex(
            model_name="decisiontemplate",
            name="decision_template_in_use",
        ),
        migrations.AddField(
            model_name="decisiontemplate",
            name="is_shipped",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="decisiontemplate",
            name="number",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="version"),
        ),
        migrations.RunSQL(NUMBER, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="decisiontemplate",
            constraint=models.UniqueConstraint(
                models.F("outcome"), models.F("language"), models.F("number"), name="decision_template_version"
            ),
        ),
        migrations.AddConstraint(
            model_name="decisiontemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__isnull", False), ("is_shipped", True), _connector="OR"),
                name="decision_template_without_number_is_ours",
            ),
        ),
        migrations.AddField(
            model_name="decisionletter",
            name="application",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="decision_letter",
                to="procurement_portal.application",
            ),
        ),
        migrations.AddField(
            model_name="decisionletter",
            name="template",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="letters",
                to="procurement_portal.decisiontemplate",
            ),
        ),
        migrations.AddField(
            model_name="recommendation",
            name="application",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="recommendations",
                to="procurement_portal.application",
            ),
        ),
        migrations.AddField(
            model_name="recommendation",
            name="recommended_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="recommendation",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["approve", "reject"])), name="recommendation_verdict"
            ),
        ),
        migrations.AddConstraint(
            model_name="recommendation",
            constraint=models.CheckConstraint(
                condition=models.Q(("because", ""), _negated=True), name="recommendation_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="recommendation",
            constraint=models.UniqueConstraint(
                models.F("application"),
                models.F("recommended_by"),
                condition=models.Q(("withdrawn_at__isnull", True)),
                name="one_standing_recommendation_each",
            ),
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
