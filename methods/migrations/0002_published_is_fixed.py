"""What has been published never changes, whoever writes to the database."""

from django.db import migrations

# The columns that may still change: where the revision is on its way, and people who leave.
FIXED = """
CREATE FUNCTION methods_revision_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['state', 'withdrawn_at', 'withdrawn_because', 'updated_at',
                         'author_id', 'submitted_by_id', 'published_by_id'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'revision % has been published and cannot be deleted', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (to_jsonb(NEW) - free) IS DISTINCT FROM (to_jsonb(OLD) - free) THEN
        RAISE EXCEPTION 'revision % has been published and cannot be changed', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.state <> OLD.state AND NOT (OLD.state = 'published' AND NEW.state IN ('superseded', 'withdrawn')) THEN
        RAISE EXCEPTION 'revision % cannot go from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER methods_revision_is_fixed BEFORE UPDATE OR DELETE ON methods_revision
FOR EACH ROW WHEN (OLD.published_at IS NOT NULL)
EXECUTE FUNCTION methods_revision_is_fixed();

CREATE FUNCTION methods_part_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    parent bigint;
BEGIN
    FOR parent IN
        SELECT id FROM methods_revision WHERE published_at IS NOT NULL AND id IN (
            CASE WHEN TG_OP <> 'INSERT' THEN OLD.revision_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.revision_id END)
    LOOP
        RAISE EXCEPTION 'revision % has been published: its parts cannot be changed', parent
            USING ERRCODE = 'integrity_constraint_violation';
    END LOOP;
    RETURN COALESCE(NEW, OLD);
END $$;

CREATE TRIGGER methods_component_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON methods_component
FOR EACH ROW EXECUTE FUNCTION methods_part_is_fixed();
CREATE TRIGGER methods_claim_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON methods_claim
FOR EACH ROW EXECUTE FUNCTION methods_part_is_fixed();
CREATE TRIGGER methods_illustration_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON methods_illustration
FOR EACH ROW EXECUTE FUNCTION methods_part_is_fixed();
CREATE TRIGGER methods_revision_focus_areas_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON methods_revision_focus_areas
FOR EACH ROW EXECUTE FUNCTION methods_part_is_fixed();

CREATE FUNCTION methods_claim_measurements_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    parent bigint;
BEGIN
    FOR parent IN
        SELECT revision.id FROM methods_revision revision JOIN methods_claim claim ON claim.revision_id = revision.id
        WHERE revision.published_at IS NOT NULL AND claim.id IN (
            CASE WHEN TG_OP <> 'INSERT' THEN OLD.claim_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.claim_id END)
    LOOP
        RAISE EXCEPTION 'revision % has been published: its claims cannot be changed', parent
            USING ERRCODE = 'integrity_constraint_violation';
    END LOOP;
    RETURN COALESCE(NEW, OLD);
END $$;

CREATE TRIGGER methods_claim_measurements_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON methods_claim_measurements
FOR EACH ROW EXECUTE FUNCTION methods_claim_measurements_is_fixed();
"""
LOOSE = """
DROP TRIGGER methods_claim_measurements_is_fixed ON methods_claim_measurements;
DROP FUNCTION methods_claim_measurements_is_fixed();
DROP TRIGGER methods_revision_focus_areas_is_fixed ON methods_revision_focus_areas;
DROP TRIGGER methods_illustration_is_fixed ON methods_illustration;
DROP TRIGGER methods_claim_is_fixed ON methods_claim;
DROP TRIGGER methods_component_is_fixed ON methods_component;
DROP FUNCTION methods_part_is_fixed();
DROP TRIGGER methods_revision_is_fixed ON methods_revision;
DROP FUNCTION methods_revision_is_fixed();
"""


class Migration(migrations.Migration):
    dependencies = [("methods", "0001_initial")]

    operations = [migrations.RunSQL(FIXED, LOOSE)]
