#!/usr/bin/env bash
# A real run from init to destroy, against a simulated cloud: what `make demo` shows.
#
# HOST=/path picks the Terraform or OpenTofu; KEEP=1 stops before the destroy and leaves everything
# running to play with. Leaves nothing behind otherwise, and fails if any step is not what it should be.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

host=$(tests/hosts.sh demo)
tool=$(basename "$host")
target=${CARGO_TARGET_DIR:-$PWD/target}
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\e[1m' blue=$'\e[1;34m' plain=$'\e[0m'; else bold='' blue='' plain=''; fi

title() { printf '\n%s=== %s%s\n' "$blue" "$1" "$plain"; }
explain() { printf '%s\n' "$@"; }
fail() { printf '\n%sThe demo went wrong: %s%s\n' "$bold" "$1" "$plain" >&2; exit 1; }

# Runs the host as typed; its exit status must be the first argument.
step() {
    local expected=$1 status=0
    shift
    printf '\n%s$ %s %s%s\n' "$bold" "$tool" "$*" "$plain"
    "$host" "$@" </dev/null || status=$?
    [ "$status" -eq "$expected" ] || fail "\`$tool $*\` ended with status $status instead of $expected"
}

# Asks the simulator: METHOD ROUTE [BODY]. No curl, so that the demo needs nothing that a shell lacks.
cloud() {
    local body=${3:-} answer
    exec 3<>"/dev/tcp/127.0.0.1/${url##*:}"
    printf '%s /_simulator/%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s' \
        "$1" "$2" "${#body}" "$body" >&3
    answer=$(cat <&3)
    exec 3>&-
    case $answer in
        'HTTP/1.1 200'*) printf '%s\n' "${answer##*$'\r\n\r\n'}" ;;
        *) fail "the simulator answered: $answer" ;;
    esac
}

# The custom identities granted, as "...0001#12 ...": the cloud's own word, and what it must be.
granted() {
    local found
    found=$(cloud GET grants | awk -v RS='}' '
        function field(name) { return match($0, "\"" name "\":[0-9]+") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3) : "" }
        field("IdentityId") > 1 { print "..." substr(field("MemberUin"), 9) "#" field("IdentityId") }' | sort | paste -sd ' ' -)
    printf '\nIn the cloud: %s\n' "${found:-nothing of ours}"
    [ "$found" = "$1" ] || fail "the cloud should hold: ${1:-nothing of ours}"
}

configuration() {
    cat >main.tf <<END
terraform {
  required_providers {
    tencentcloud = { source = "tencentcloud-access/tencentcloud" }
  }
}

# Who may do what, in every production account.
resource "tencentcloud_org_member_auth_identity" "production" {
  member_uins  = [$1]
  identity_ids = [$2]
}
END
    printf '\n%s$ cat main.tf%s\n' "$bold" "$plain"
    cat main.tf
}

cleanup() {
    cd /
    [ -z "${simulator:-}" ] || kill "$simulator" 2>/dev/null || true
    [ -z "${scratch:-}" ] || rm -rf "$scratch"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

explain "Host: $host ($("$host" version 2>/dev/null | head -n 1))" 'Building the provider and the simulated cloud ...'
cargo build --locked --quiet --package terraform-provider-tencentcloud --package simulator
version=$(cargo pkgid --locked --package terraform-provider-tencentcloud | sed 's/.*[#@]//')

scratch=$(mktemp -d "${TMPDIR:-/tmp}/demo.XXXXXX")
mkdir "$scratch/work" "$scratch/home"
tests/mirror.sh "$scratch/mirror" "$target/debug/terraform-provider-tencentcloud" "$version"
printf 'provider_installation {\n  filesystem_mirror { path = "%s/mirror" }\n}\n' "$scratch" >"$scratch/cli.tfrc"

"$target/debug/simulator" --members 4 --identities 3 >"$scratch/simulator.log" 2>&1 </dev/null &
simulator=$!
for _ in $(seq 100); do
    url=$(sed -n 's/^listening on //p' "$scratch/simulator.log")
    [ -z "$url" ] || break
    kill -0 "$simulator" 2>/dev/null || fail "the simulator did not start: $(cat "$scratch/simulator.log")"
    sleep 0.05
done

# Nothing of this shell's Terraform settings, credentials or proxies takes part.
for name in $(compgen -e | grep -E '^(TF_|TENCENTCLOUD_)' || true); do unset "$name"; done
settings=(
    "TF_CLI_CONFIG_FILE=$scratch/cli.tfrc"
    "TENCENTCLOUD_ORGANIZATION_ENDPOINT=$url"
    'TENCENTCLOUD_SECRET_ID=AKIDsimulator0000000000000000000permanent'
    'TENCENTCLOUD_SECRET_KEY=simulatorSecretKeyPermanent00000'
)
export "${settings[@]}" CHECKPOINT_DISABLE=1 NO_PROXY=127.0.0.1
[ -n "$bold" ] || export TF_CLI_ARGS=-no-color
cd "$scratch/work"

title '1. Declare who may do what'
explain 'An organization with members 100000000001 to ...0004, and the access identities 11, 12 and 13.' \
    'Two members shall have two identities: four grants.'
configuration '100000000001, 100000000002' '11, 12'
step 0 init
step 2 plan -detailed-exitcode -out=first.tfplan
step 0 apply first.tfplan
granted '...0001#11 ...0001#12 ...0002#11 ...0002#12'

title '2. Somebody revokes a grant by hand'
explain 'Behind the back of Terraform, member ...0002 loses identity 12. The plan shows exactly that pair.'
cloud POST revoke '{"MemberUin":100000000002,"IdentityId":12}' >/dev/null
granted '...0001#11 ...0001#12 ...0002#11'
step 2 plan -detailed-exitcode -out=repair.tfplan

title '3. The repair'
step 0 apply repair.tfplan
granted '...0001#11 ...0001#12 ...0002#11 ...0002#12'

title '4. A change'
explain 'Member ...0003 takes the place of ...0001. New access is granted before old access is revoked.'
configuration '100000000002, 100000000003' '11, 12'
step 0 apply -auto-approve
granted '...0002#11 ...0002#12 ...0003#11 ...0003#12'
step 0 plan -detailed-exitcode

if [ -n "${KEEP:-}" ] && [ "$KEEP" != 0 ]; then
    trap - EXIT
    title 'Yours to play with'
    explain 'The simulated cloud keeps running. To go on, in any shell:' ''
    printf '  export %s\n' "${settings[@]}" "NO_PROXY=127.0.0.1"
    explain "  cd $scratch/work" "  $host plan" '' 'To see and to change the cloud behind its back:' '' \
        "  curl $url/_simulator/grants" \
        "  curl $url/_simulator/revoke -d '{\"MemberUin\":100000000002,\"IdentityId\":11}'" \
        "  curl $url/_simulator/       # lists everything else" \
        '' 'To stop and to leave nothing behind:' '' "  kill $simulator; rm -r $scratch"
    exit
fi

title '5. The end'
explain 'Destroy revokes what was declared, and nothing else: every member keeps its preset identity 1.'
step 0 destroy -auto-approve
granted ''
[ "$(cloud GET grants | grep -o '"IdentityId":1[,}]' | wc -l)" -eq 4 ] || fail 'a grant of others is gone'

printf '\n%sAll as it should be.%s Play on with: make demo KEEP=1\n' "$bold" "$plain"
