-- An index of the orders that count against the seat limit. Without it, the look-up of a fan who has
-- held and released very often reads their whole history, and every hold of the same batch waits.

-- Holds wait while it is built: about a second for a million orders.
-- squawk-ignore require-concurrent-index-creation
create index orders_counting on orders (user_id, performance_key) where status in ('held', 'paid');
