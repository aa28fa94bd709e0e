#!/bin/sh
# Builds the operators for this kind of machine, `npm run build:native`. Needs GCC 12 or later on Linux, x86-64.
set -eu
cd "$(dirname "$0")"
digest=$(cat ./*.c ./*.h | sha256sum | cut -d' ' -f1)
mkdir -p linux-x64
cc -std=gnu11 -O3 -fPIC -shared -s -fvisibility=hidden -Wall -Wextra -Werror "-DSOURCE_DIGEST=\"$digest\"" \
  -o linux-x64/operators.so ./*.c
