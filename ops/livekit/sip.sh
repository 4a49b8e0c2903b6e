#!/bin/sh
# The SIP gateway takes its key only in its settings, so they are put together from the secret here.
set -eu
IFS=': ' read -r key secret </run/secrets/livekit
SIP_CONFIG_BODY="api_key: $key
api_secret: $secret
ws_url: ws://127.0.0.1:7880
redis: {address: '127.0.0.1:6379'}
local_net: 127.0.0.0/8
sip_port: 5060
rtp_port: 10000-10100
use_external_ip: false
nat_1_to_1_ip: 127.0.0.1
health_port: 8085
logging: {level: info, json: true}"
export SIP_CONFIG_BODY
exec livekit-sip
