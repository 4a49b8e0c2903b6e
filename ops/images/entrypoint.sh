#!/bin/sh
# Passwords come as files; the settings want addresses. A process that was given no such file needs no such address.
set -eu
database=127.0.0.1:5432/countersign
if [ -r /run/secrets/postgres_app ]; then
  export COUNTERSIGN_DATABASE_URL="postgresql://countersign_app:$(cat /run/secrets/postgres_app)@$database"
fi
if [ -r /run/secrets/postgres_owner ]; then
  export COUNTERSIGN_MIGRATIONS_URL="postgresql://postgres:$(cat /run/secrets/postgres_owner)@$database"
fi
if [ -r /run/secrets/demo_password ]; then
  COUNTERSIGN_DEMO_PASSWORD="$(cat /run/secrets/demo_password)"
  export COUNTERSIGN_DEMO_PASSWORD
fi
exec "$@"
