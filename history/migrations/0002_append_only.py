"""The database keeps the history: an event may lose its actor, when that account is deleted; nothing else changes."""

from django.db import migrations

KEEP = """
CREATE FUNCTION history_event_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.actor_id IS NULL AND OLD.actor_id IS NOT NULL
        AND to_jsonb(NEW) - 'actor_id' = to_jsonb(OLD) - 'actor_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'history is append-only: % of event % refused', lower(TG_OP), OLD.id
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER history_event_is_kept BEFORE UPDATE OR DELETE ON history_event
    FOR EACH ROW EXECUTE FUNCTION history_event_is_kept();
"""
LET_GO = """
DROP TRIGGER history_event_is_kept ON history_event;
DROP FUNCTION history_event_is_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("history", "0001_initial")]

    operations = [migrations.RunSQL(KEEP, LET_GO)]
