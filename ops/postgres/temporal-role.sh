#!/bin/sh
# Run once, when the database is made: Temporal's own role, which owns its two databases and nothing of the bank's.
set -eu
psql --username postgres --dbname postgres --set ON_ERROR_STOP=1 --set password="$TEMPORAL_PASSWORD" <<'SQL'
CREATE ROLE temporal LOGIN CREATEDB PASSWORD :'password';
SQL
