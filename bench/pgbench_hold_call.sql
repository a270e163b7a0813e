-- The hold as one function call (hold_call.sql): one statement, and with it one transaction.
-- Variables: n (of each client, from 0), share (seats of each client), performance (its key).
-- No two transactions want the same seat: a client walks through its own share in random order.
\set seat :client_id * :share + permute(:n, :share) + 1
\set n :n + 1
select outcome, order_id, ends_at
from bench.hold('pgbench-' || cast(:performance as text) || '-' || cast(:seat as text),
                'bench-pgbench', 1, :performance, array[cast(:seat as text)], 4,
                interval '1 hour', null);
