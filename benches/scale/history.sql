-- What was done in an earlier measurement lies some days back; and at first somebody in each company that is really
-- installed has decided :history tasks within a year.
set session_replication_role = replica;
update decisions set created_at = created_at - interval '2 days', finished_at = finished_at - interval '2 days'
    where created_at > now() - interval '50 minutes';
insert into decisions (portal_id, decision_id, user_id, task_id, action, state, held_until, sending_since, sending_offset_minutes,
        sent_at, created_at, finished_at)
    select portal_id, md5(portal_id::text || 'past' || nth)::uuid, 2, 100000 + nth, 'approve', 'done', at, at, 180, at, at, at
    from (select portal_id, nth, now() - interval '3 days' - nth * interval '360 days' / greatest(:history, 1) as at
          from portals p, generate_series(1, :history) nth
          where not exists (select from decisions d where d.portal_id = p.portal_id)) past;
