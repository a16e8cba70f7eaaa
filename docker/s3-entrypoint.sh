#!/bin/sh
# The gateway takes its keys from the environment; here they come from files.
set -eu
ROOT_ACCESS_KEY_ID=$(cat /run/secrets/s3_access_key)
ROOT_SECRET_ACCESS_KEY=$(cat /run/secrets/s3_secret_key)
export ROOT_ACCESS_KEY_ID ROOT_SECRET_ACCESS_KEY
exec versitygw --port :7070 --health /health posix --sidecar /data/meta /data/objects
