#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs the packages of DEPENDENCIES that are missing; one whose program of the same name is there from elsewhere is not. Usage: tests/deps.sh build [run] [test] [bench]
set -eu
cd "$(dirname "$0")/.."
missing=
for when in "$@"; do
	for package in $(awk -F'|' -v when="$when" '!/^#/ && NF==3 { gsub(/ /,"",$1); gsub(/ /,"",$2); if ($2==when) print $1 }' DEPENDENCIES); do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || command -v "$package" >/dev/null || missing="$missing $package"
	done
done
[ -n "$missing" ] || exit 0
sudo=
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null || { echo "kabar: missing packages:$missing. Become root or install sudo, then type the command again." >&2; exit 1; }
	sudo=sudo
fi
echo "Installing from Debian's packages:$missing"
export DEBIAN_FRONTEND=noninteractive
install() { $sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends $missing >/dev/null; }
install 2>/dev/null || { $sudo apt-get update -qq && install; } ||
	{ echo "kabar: could not install:$missing. Check the network and /etc/apt/sources.list." >&2; exit 1; }
