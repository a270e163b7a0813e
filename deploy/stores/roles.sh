#!/bin/sh
# Makes the two roles and the database of Yemae in a new PostgreSQL: `yemae` owns the database, and
# the server works as `yemae_app`, which owns nothing. The image of PostgreSQL runs this once, on an
# empty data folder. Both passwords come from files.
set -eu
secrets=${SECRETS:-/run/secrets}

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
    --set owner="$(cat "$secrets/database_owner_password")" \
    --set app="$(cat "$secrets/database_password")" <<'SQL'
create role yemae login password :'owner';
create role yemae_app login password :'app';
create database yemae owner yemae;
SQL
