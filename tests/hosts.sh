#!/bin/sh
# Names the programs that will host the provider, as absolute paths on one line.
#
#   tests/hosts.sh demo      $HOST, else terraform, else tofu, else OpenTofu built from source
#   tests/hosts.sh test      $HOSTS ("/a /b"), else the same
#   tests/hosts.sh opentofu  OpenTofu built from source, once, into target/opentofu/
#
# Downloads no binary: OpenTofu is compiled from tests/opentofu/ with the Go that is installed.
# All talk goes to stderr; a failure says what to install.
set -eu
cd "$(dirname "$0")/.."

built=${CARGO_TARGET_DIR:-$PWD/target}/opentofu/tofu

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "No Terraform or OpenTofu to run with: $1."
    say 'Any one of these will do:'
    say '  - Terraform 1.0 or newer, as `terraform` on PATH'
    say '  - OpenTofu 1.6 or newer, as `tofu` on PATH'
    say "  - Go $(sed -n 's/^go //p' tests/opentofu/go.mod) or newer, as \`go\` on PATH: OpenTofu is then built from source"
    say '  - a path: `make demo HOST=/path/to/terraform`, `make test HOSTS="/path/to/terraform /path/to/tofu"`'
    exit 1
}

# The absolute path of a program that answers `version`, or nothing.
works() {
    path=$(command -v "$1") || return 1
    "$path" version >/dev/null 2>&1 || return 1
    (cd "$(dirname "$path")" && printf '%s/%s' "$PWD" "$(basename "$path")")
}

build_opentofu() {
    if [ -x "$built" ] && [ -z "$(find tests/opentofu -name 'go.*' -newer "$built")" ]; then
        printf '%s' "$built"
        return
    fi
    command -v go >/dev/null || fail 'neither of them is on PATH, and there is no Go to build OpenTofu with'
    version=$(sed -n 's,.*github.com/opentofu/opentofu v\([0-9.]*\).*,\1,p' tests/opentofu/go.mod | head -n 1)
    say "Building OpenTofu $version from source, once; this takes about 4 minutes on 2 cores ..."
    mkdir -p "$(dirname "$built")"
    if (cd tests/opentofu && CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS=-mod=readonly GOWORK=off \
        go build -trimpath -ldflags '-s -w -X github.com/opentofu/opentofu/version.dev=no' \
        -o "$built.partial" github.com/opentofu/opentofu/cmd/tofu >&2); then
        mv "$built.partial" "$built"
    else
        fail 'building OpenTofu failed, see above'
    fi
    say "Built $built."
    printf '%s' "$built"
}

first_found() {
    works terraform || works tofu || build_opentofu
}

# What the user named, each checked, else the first that is found.
named_or_found() {
    [ -n "$1" ] || { first_found; return; }
    for host in $1; do
        works "$host" || { say "$host is not a Terraform or OpenTofu that runs (\`$host version\` failed)."; exit 1; }
        printf ' '
    done
}

case ${1:-} in
    demo) hosts=$(named_or_found "${HOST:-}") ;;
    test) hosts=$(named_or_found "${HOSTS:-}") ;;
    opentofu) hosts=$(build_opentofu) ;;
    *) say 'usage: tests/hosts.sh demo|test|opentofu'; exit 2 ;;
esac
printf '%s\n' "${hosts% }"
