#!/bin/sh
# Temporal's two databases on our Postgres: made once, brought to this version's schema at each start.
set -eu
SQL_PASSWORD="$(cat /run/secrets/postgres_temporal)"
export SQL_PASSWORD
for name in temporal:temporal temporal_visibility:visibility; do
  tool="temporal-sql-tool --plugin postgres12 --ep postgres --port 5432 --user temporal --db ${name%%:*}"
  $tool create
  $tool setup-schema --version 0.0 || true # refused where it is there already
  $tool update-schema --schema-dir "/etc/temporal/schema/postgresql/v12/${name##*:}/versioned"
done
