#!/usr/bin/env bash
# A backup of a running installation: backup.sh FOLDER. Makes FOLDER/<time>/{database.dump,home.tar,SHA256SUMS}.
# The database goes first: an image is stored before its row is written and never changes, so all that the dump names is in the archive.
# With BLOBS_URL set the images are in the bucket, which needs versioning or copies of its own.
set -euo pipefail

folder=${1:?usage: backup.sh FOLDER}
here=$(cd "$(dirname "$0")" && pwd)
compose() { docker compose -f "$here/compose.yaml" "$@"; }

mkdir -p "$folder"
out=$(cd "$folder" && pwd)/$(date -u +%Y%m%dT%H%M%SZ)
mkdir "$out"
umask 077
compose exec -T postgres pg_dump -U teleconsult --format=custom teleconsult >"$out/database.dump"
compose exec -T relay tar -C /var/lib/teleconsult -cf - . >"$out/home.tar"
(cd "$out" && sha256sum database.dump home.tar >SHA256SUMS)
echo "backup: $out ($(du -sh "$out" | cut -f1))"
