-- The ledger and the list of payments are only ever added to. A trigger says so for everybody; the
-- role that the server works as has no privilege to change them in the first place (roles.py).

create or replace trigger transfers_are_immutable before update or delete or truncate on transfers
for each statement execute function refuse_change();
create trigger payments_are_immutable before update or delete or truncate on payments
for each statement execute function refuse_change();
