#!/bin/sh
# The namespace and its search attributes (pseudonyms only: they are not encrypted).
set -eu
temporal operator namespace describe --namespace default >/dev/null 2>&1 ||
  temporal operator namespace create --namespace default --retention 30d
known="$(temporal operator search-attribute list --namespace default)"
for attribute in PaymentState:Keyword ElicitationType:Keyword CustomerRef:Keyword TenantId:Keyword \
  ApproverGroup:Keyword DueAt:Datetime AmountMinor:Int; do
  name="${attribute%%:*}"
  case "$known" in
    *"$name"*) ;;
    *) temporal operator search-attribute create --namespace default --name "$name" --type "${attribute##*:}" ;;
  esac
done
