from django.db import migrations

# What was verified stays as it was. Only being replaced, and forgetting a person, may still be written on the row.
LOCK = """
CREATE FUNCTION labs_keep_verified_measurement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.goal_id, NEW.period_start, NEW.period_end, NEW.value, NEW.numerator, NEW.denominator,
        NEW.no_value_because, NEW.narrative, NEW.evidence_link, NEW.state, NEW.decided_at, NEW.supersedes_id)
       IS DISTINCT FROM
       (OLD.goal_id, OLD.period_start, OLD.period_end, OLD.value, OLD.numerator, OLD.denominator,
        OLD.no_value_because, OLD.narrative, OLD.evidence_link, OLD.state, OLD.decided_at, OLD.supersedes_id)
    THEN
        RAISE EXCEPTION 'measurement % is verified and never changes; correct it with a new row', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'measurement_verified_is_locked';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER measurement_verified_is_locked BEFORE UPDATE ON labs_measurement
    FOR EACH ROW WHEN (OLD.state = 'verified') EXECUTE FUNCTION labs_keep_verified_measurement();
"""

UNLOCK = """
DROP TRIGGER measurement_verified_is_locked ON labs_measurement;
DROP FUNCTION labs_keep_verified_measurement();
"""


class Migration(migrations.Migration):
    dependencies = [("labs", "0002_focus_areas")]

    operations = [migrations.RunSQL(LOCK, UNLOCK)]
