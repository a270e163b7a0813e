-- In a transaction of its own: it reads all seats, and holds of seats go on meanwhile.

alter table seats validate constraint seats_number_check;
