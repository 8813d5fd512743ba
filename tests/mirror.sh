#!/bin/sh
# Puts a provider binary into a filesystem mirror, under the address of either registry.
#
#   tests/mirror.sh DIRECTORY BINARY VERSION
#
# Terraform looks under registry.terraform.io and OpenTofu under registry.opentofu.org when a
# `source` names no host, so the mirror holds both.
set -eu
directory=$1 binary=$2 version=$3

case $(uname -m) in
    x86_64 | amd64) architecture=amd64 ;;
    aarch64 | arm64) architecture=arm64 ;;
    *) architecture=$(uname -m) ;;
esac
platform=$(uname -s | tr '[:upper:]' '[:lower:]')_$architecture

for registry in registry.terraform.io registry.opentofu.org; do
    package=$directory/$registry/tencentcloud-access/tencentcloud/$version/$platform
    mkdir -p "$package"
    # Replaced, never overwritten: a process may be running the old one.
    rm -f "$package"/terraform-provider-tencentcloud*
    cp "$binary" "$package/terraform-provider-tencentcloud_v$version"
done
