-- expand: the history has the latencies of the server, too; nothing but a comment is changed.

comment on column history.concert_id is
'The id of the queue; of the whole server: empty (refusals) or :latencies.';
