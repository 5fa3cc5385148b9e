-- What was wished with a decision that was not carried out is not wished any more: it left the index of what is due never.
alter table followups drop constraint followups_fate_check;
alter table followups add constraint followups_fate_check check (fate in ('pending', 'carrying', 'done', 'partly', 'dropped'));

-- Written by the database itself, in the statement that ends the decision, whichever that is.
create function drop_wish() returns trigger language plpgsql as $$
begin
    update followups set fate = 'dropped'
    where portal_id = new.portal_id and decision_id = new.decision_id and fate = 'pending';
    return null;
end $$;
create trigger decisions_drop_wish after update of state on decisions for each row
    when (old.state is distinct from new.state and new.state in ('refused', 'not_run', 'needs_person', 'cancelled'))
    execute function drop_wish();

update followups f set fate = 'dropped' from decisions d
where d.portal_id = f.portal_id and d.decision_id = f.decision_id and f.fate = 'pending'
  and d.state in ('refused', 'not_run', 'needs_person', 'cancelled');
