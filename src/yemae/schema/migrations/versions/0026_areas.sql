-- expand: adds the area of a spot, because areas without seats are sold by count; older programs leave
-- the column null.

alter table seats add column area text collate "C";
comment on column seats.area is 'The area without seats that this is a spot of: the number is an entry number, and it is sold by count, never by number. Null: a seat.';
-- Holds wait while it is built: it reads the seats once, about a second for two millions of them. A
-- hold or a sale never changes its columns, so the updates of seats stay as cheap as before.
-- squawk-ignore require-concurrent-index-creation
create index seats_of_areas on seats (performance_key, area, position) where area is not null;
