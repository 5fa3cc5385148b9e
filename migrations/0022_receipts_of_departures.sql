-- What a departure with deletion erases, and what goes by age, leaves a receipt with the tombstone as well.
alter table tombstones
    drop constraint tombstones_asked_by_check,
    add constraint tombstones_asked_by_check check (asked_by in ('administrator', 'operator', 'departure', 'age'));
