#!/usr/bin/env bash
# Compiles services.ts against the packed tarballs, installed by pnpm, which hides the dependencies of dependencies.
# $1: the folder of the tarballs, one folder for each package.
set -eu
from="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
tsc="$from/../../node_modules/.bin/tsc"
into="$1/consumer"
mkdir -p "$into" && cp "$from/services.ts" "$from/tsconfig.json" "$into" && cd "$into"

overrides=''
for folder in "$1"/*/; do
  name="$(basename "$folder")"
  [[ "$name" == consumer ]] || overrides+="  '@bearings/$name': 'file:$(echo "$folder"*.tgz)'"$'\n'
done
dependencies=''
for name in client oidc-discovery oauth-bearer undici config; do
  dependencies+="\"@bearings/$name\": \"file:$(echo "$1/$name"/*.tgz)\", "
done
printf '{ "private": true, "type": "module", "dependencies": { %s"@types/node": "24" } }\n' "$dependencies" >package.json
printf 'packages: []\noverrides:\n%s' "$overrides" >pnpm-workspace.yaml
npx -y pnpm@12 install
"$tsc" --project .
