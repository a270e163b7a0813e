-- expand: orders are found by their booking number, and no two have the same. It is the last 48 bits of
-- the id (orders/booking_number.py), so earlier orders have one too, and servers of the version before
-- write them as well.

-- Holds wait while it is built: it reads the orders once, about two seconds for a million of them.
-- squawk-ignore require-concurrent-index-creation
create unique index orders_booking_number on orders ((right(id::text, 12)));
