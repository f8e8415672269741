#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The short forms of tests/torture: 200 kills, and the power taken from the disk a few times. The long ones are `make torture` and `make powercut`."""
import concurrent.futures
import os
import shutil
import sys
import tempfile

from libkabar import RED, TOP, finish, test

sys.path.insert(0, os.path.join(TOP, 'tests/torture'))
import powercut  # noqa: E402
import shelf  # noqa: E402
import torture  # noqa: E402

WORLDS, KILLS_EACH = 2, 100  # side by side: they mostly wait


def kills_in(seed, n):
    folder = tempfile.mkdtemp(prefix='kabar-test-')
    try:
        return torture.torture(folder, n, seed, 10, n)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def kills():
    if RED:  # in the thread whose gateways go without the defence
        worlds = [kills_in(1, 60)]
    else:
        with concurrent.futures.ThreadPoolExecutor(WORLDS) as pool:
            worlds = list(pool.map(lambda seed: kills_in(seed, KILLS_EACH), range(1, WORLDS + 1)))
    for totals in worlds:
        totals.print()
        assert not totals.faults, totals.faults[:5]
    n, struck = sum(t.kills for t in worlds), sum(t.counts['struck'] for t in worlds)
    assert n == WORLDS * KILLS_EACH and struck >= n / 2, f'{n} kills, {struck} of them between a message and its +CMGS'
    missed = set(shelf.STATES).difference(*(t.states for t in worlds))
    assert not missed, f'no kill met {missed}'


def cuts(rounds, lie):
    cut = powercut.PowerCut(1)
    try:
        faults = cut.rounds(rounds, lie)
    except powercut.Refused as why:
        print(f'# skipped: {why}')
        return
    cut.print(faults)
    assert cut.counts['acknowledged'] > 0 and (bool(faults) if lie else not faults), faults


test(f'{WORLDS * KILLS_EACH} kills: nothing lost, nothing twice', kills, without='seen')
test('the power goes: what was acknowledged is in the store', cuts, 3, False)
test('a disk that does not flush is found out', cuts, 3, True)
finish()
