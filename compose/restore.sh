#!/usr/bin/env bash
# Put a backup back: restore.sh FOLDER/<time>. What the installation holds now is replaced; it asks first.
set -euo pipefail

from=$(cd "${1:?usage: restore.sh FOLDER/TIME}" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
compose() { docker compose -f "$here/compose.yaml" "$@"; }

(cd "$from" && sha256sum --check --quiet SHA256SUMS)
read -r -p "Replace everything in this installation by $from? Type yes: " answer
[ "$answer" = yes ] || exit 1

compose stop proxy web dicom worker relay
compose up --detach --wait postgres
compose run --rm --no-deps -T --entrypoint sh relay -c \
  'find /var/lib/teleconsult -mindepth 1 -delete && tar -C /var/lib/teleconsult -xf -' <"$from/home.tar"
compose exec -T postgres dropdb -U teleconsult --if-exists --force teleconsult
compose exec -T postgres createdb -U teleconsult teleconsult
compose exec -T postgres pg_restore -U teleconsult --dbname=teleconsult --exit-on-error <"$from/database.dump"
compose up --detach
compose run --rm relay audit verify
echo "restore: done"
