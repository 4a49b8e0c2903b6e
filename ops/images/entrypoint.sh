#!/bin/sh
# Settings follow from the secrets that Compose hands to this container: it is told of those, and of no others.
set -eu
have() { [ -r "/run/secrets/$1" ]; }
tell() { if have "$1"; then export "$2=/run/secrets/$1"; fi; }
tell access COUNTERSIGN_ACCESS_KEY_FILE
tell service COUNTERSIGN_SERVICE_KEY_FILE
tell proof COUNTERSIGN_PROOF_KEY_FILE
tell jwks COUNTERSIGN_JWKS_FILE
tell payload COUNTERSIGN_PAYLOAD_KEYS_FILE
tell codes COUNTERSIGN_CODE_KEY_FILE
tell livekit COUNTERSIGN_LIVEKIT_KEY_FILE
tell sms_auth COUNTERSIGN_SMS_AUTH_FILE
tell smtp_auth COUNTERSIGN_SMTP_AUTH_FILE
tell rail_auth COUNTERSIGN_RAIL_AUTH_FILE
tell rail_statement COUNTERSIGN_RAIL_STATEMENT_FILE
tell rail_webhook COUNTERSIGN_RAIL_WEBHOOK_FILE
tell rail_admin COUNTERSIGN_RAIL_ADMIN_FILE
database=127.0.0.1:5432/countersign
if have postgres_owner; then # the migrations, which set the other roles' passwords
  export COUNTERSIGN_MIGRATIONS_URL="postgresql://postgres:$(cat /run/secrets/postgres_owner)@$database"
  export COUNTERSIGN_ROLE_PASSWORDS_DIR=/run/secrets
else
  if have postgres_rail; then
    export COUNTERSIGN_RAIL_DATABASE_URL="postgresql://countersign_rail:$(cat /run/secrets/postgres_rail)@${database}_rail"
  fi
  for role in worker api mcp audit; do
    if have "postgres_$role"; then
      export COUNTERSIGN_DATABASE_URL="postgresql://countersign_$role:$(cat "/run/secrets/postgres_$role")@$database"
    fi
  done
fi
if have demo_password; then
  COUNTERSIGN_DEMO_PASSWORD="$(cat /run/secrets/demo_password)"
  export COUNTERSIGN_DEMO_PASSWORD
fi
exec "$@"
