#!/bin/sh
# Random secrets for docker-compose.yml, once; what is there is kept. The folder is closed to others on this host; the
# files in it are readable, because the containers read them under users of their own.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets
cd secrets

random() {
    head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n'
}

keep() {
    [ -s "$1" ] || { printf '%s\n' "$2" >"$1" && chmod 644 "$1" && echo "made docker/secrets/$1"; }
}

keep secret_key "$(random)$(random)"
keep postgres_password "$(random)"
keep redis_password "$(random)"
keep inference_token "$(random)"
keep s3_access_key "tintype"
keep s3_secret_key "$(random)"
keep database_url "postgresql://tintype:$(cat postgres_password)@postgres:5432/tintype"
keep redis_url "redis://:$(cat redis_password)@redis:6379/0"
