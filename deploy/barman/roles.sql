-- What Barman may do in Yemae's PostgreSQL; run as a superuser in the database yemae. Set a password
-- afterwards, and let Barman's machine in with two lines in pg_hba.conf: one for the database yemae,
-- one for replication.
create role barman login replication;
grant pg_read_all_settings, pg_read_all_stats, pg_checkpoint to barman;
grant execute on function pg_backup_start(text, boolean) to barman;
grant execute on function pg_backup_stop(boolean) to barman;
grant execute on function pg_switch_wal() to barman;
grant execute on function pg_create_restore_point(text) to barman;
