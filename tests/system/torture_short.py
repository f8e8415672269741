#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The short forms of tests/torture: 200 kills, and the power taken from the disk a few times. The long ones are `make torture` and `make powercut`."""
import os
import shutil
import sys
import tempfile

from libkabar import TOP, finish, test

sys.path.insert(0, os.path.join(TOP, 'tests/torture'))
import powercut  # noqa: E402
import shelf  # noqa: E402
import torture  # noqa: E402

KILLS = 60 if 'KABAR_RED' in os.environ else 200


def kills():
    folder = tempfile.mkdtemp(prefix='kabar-test-')
    try:
        totals = torture.torture(folder, KILLS, 1, 10, KILLS)
        totals.print()
        assert not totals.faults, totals.faults[:5]
        assert totals.kills == KILLS
        assert totals.counts['struck'] >= KILLS / 2, f'{totals.counts["struck"]} kills between a message and its +CMGS'
        missed = set(shelf.STATES) - set(totals.states)
        assert not missed, f'no kill met {missed}'
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def cuts(rounds, lie):
    cut = powercut.PowerCut(1)
    try:
        faults = cut.rounds(rounds, lie)
    except powercut.Refused as why:
        print(f'# skipped: {why}')
        return
    cut.print(faults)
    assert cut.counts['acknowledged'] > 0 and (bool(faults) if lie else not faults), faults


test(f'{KILLS} kills: nothing lost, nothing twice', kills, without='seen')
test('the power goes: what was acknowledged is in the store', cuts, 3, False)
test('a disk that does not flush is found out', cuts, 3, True)
finish()
