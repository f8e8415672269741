#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Ten messages a second on four modems, for half an hour, while the network does what networks do: is the daemon after it what it was before?

Usage: tests/torture/soak.py [--minutes 30] [--rate 10] [--seed 1] [--dir build/soak/run]

A fault of the simulator's hits some modem every few seconds. Every five seconds memory, file descriptors and zombies are looked at (DIR/samples.tsv); slopes are least squares
after a warm-up. `make soak` builds a daemon whose store keeps 1 MiB of pages, not 16: a young store grows into them for half an hour, and nobody could tell that from a leak.
At the end all that was asked must be answered. The exit code is 0 only if nothing was lost, memory and descriptors stayed flat and no zombie was seen.
"""
import argparse
import collections
import os
import random
import shutil
import statistics
import sys
import time

from crowd import KINDS, Crowd
from shelf import Shelf
from torture import CONFIG, GATEWAY
from world import Ears, LastingNetwork, Ledger, Life, Line, bury, kill, now_ms

SAMPLE_S, FAULT_S, WARM_UP_SHARE = 5, 4, 0.2
SETTLE_LIMIT_S, EARLY_BEFORE_S = 240, 180
FLAT_KIB_AN_HOUR, FLAT_KIB = 2048, 1024  # a slope is one only if it also came to something
HOLDS_A_LINK = ('taken, not answered', 'lost, not answered')  # for submit_timeout each: no modem could take its share

# What is asked of the simulator, and after how many seconds it is over.
FAULTS = [
    ({'name': 'cms_error', 'arg': 42, 'count': 2}, 0), ({'name': 'command_error', 'arg': 'AT+CMGR', 'count': 1}, 0), ({'name': 'late_prompt', 'arg': 400, 'count': 3}, 0),
    ({'name': 'delete_refused', 'count': 3}, 0), ({'name': 'delete_ignored', 'count': 3}, 0), ({'name': 'no_cmti', 'count': 3}, 0), ({'name': 'double_cmti', 'count': 5}, 0),
    ({'name': 'urc_before_prompt', 'arg': '+CREG: 1', 'count': 3}, 0), ({'name': 'urc_before_answer', 'arg': '^RSSI: 17', 'count': 5}, 0),
    ({'name': 'urc_noise', 'arg': '^BOOT: 1,2', 'count': 5}, 0), ({'name': 'hang'}, 3), ({'name': 'no_network', 'arg': 2}, 4), ({'name': 'report', 'arg': 'twice'}, 5),
    ({'name': 'report', 'arg': 'early'}, 5), ({'name': 'report', 'arg': 'never'}, 5), ({'name': 'foreign_report', 'count': 2}, 0), ({'name': 'unplug', 'arg': 1500}, 0),
    ({'name': 'unplug', 'arg': 1500, 'at': 'ctrl_z'}, 0), ({'name': 'unplug', 'arg': 1500, 'at': 'cmgs_prompt'}, 0), ({'name': 'full_notice'}, 5),
]
CHILD_KILLED = 'child killed'


class Sample:
    """The daemon and its children at one moment."""

    def __init__(self, life, at_s):
        children = life.children()
        self.at_s = at_s
        self.rss = self._rss(life.process.pid)
        self.fds = len(os.listdir(f'/proc/{life.process.pid}/fd'))
        self.child_rss = [self._rss(pid) for pid in children]
        self.zombies = [pid for pid in children if self._state(pid) == 'Z']

    @staticmethod
    def _rss(pid):
        try:
            with open(f'/proc/{pid}/status') as f:
                return next((int(line.split()[1]) for line in f if line.startswith('VmRSS')), 0)
        except (FileNotFoundError, ProcessLookupError):
            return 0

    @staticmethod
    def _state(pid):
        try:
            with open(f'/proc/{pid}/stat') as f:
                return f.read().rsplit(') ', 1)[1][0]
        except (FileNotFoundError, ProcessLookupError):
            return ''

    def row(self):
        return f'{self.at_s:.0f}\t{self.rss}\t{self.fds}\t{len(self.child_rss)}\t{max(self.child_rss, default=0)}\t{sum(self.child_rss)}\t{len(self.zombies)}\n'


def slope_an_hour(points):
    """Least squares of (seconds, value), a whole hour's worth."""
    if len(points) < 3:
        return 0.0
    return statistics.linear_regression(*zip(*points)).slope * 3600


class Soak:
    def __init__(self, folder, seed, rate):
        self.folder, self.seed, self.rate = folder, seed, rate
        self.chance = random.Random(seed)
        self.samples, self.met, self.ends = [], collections.Counter(), []

    def run(self, minutes):
        bury(self.folder)  # a gateway of an earlier run would read from our modems
        shutil.rmtree(self.folder, ignore_errors=True)
        with LastingNetwork(self.folder, 4, self.seed) as net:
            self.line, self.modems = Line(net), list(net.modems)
            self.life = Life(net, gateway=GATEWAY, config=CONFIG)
            self.crowd = Crowd(self.line, Ears(net), Ledger(self.line), list(net.modems.values()), self.chance.random(), 10000000,
                               [k for k in KINDS if k.name not in HOLDS_A_LINK])
            self.life.start()
            try:
                self.pass_time(minutes * 60)
                return self.settle()
            finally:
                self.life.stop(limit_s=40)

    def pass_time(self, seconds):
        began = time.monotonic()
        next_ask = next_sample = next_fault = 0.0
        self.crowd.kills_ms.append((now_ms(), now_ms() + int((seconds + SETTLE_LIMIT_S) * 1000), False))  # something is in trouble all the time
        while (at_s := time.monotonic() - began) < seconds:
            if at_s >= next_ask:
                self.crowd.ask(early=seconds - at_s > EARLY_BEFORE_S)
                next_ask = max(at_s, next_ask) + self.chance.expovariate(self.rate)
            if at_s >= next_sample:
                self.sample(at_s)
                next_sample += SAMPLE_S
            if at_s >= next_fault:
                self.fault(at_s)
                next_fault = at_s + self.chance.uniform(0.5, 1.5) * FAULT_S
            self.heal(at_s)
            self.crowd.hear()
            time.sleep(0.003)
        self.heal(float('inf'))

    def sample(self, at_s):
        one = Sample(self.life, at_s)
        self.samples.append(one)
        with open(f'{self.folder}/samples.tsv', 'a', encoding='ascii') as f:
            f.write(one.row())
        if len(self.samples) % 60 == 0:
            print(f'# {at_s:.0f} s: RSS {one.rss} KiB, {one.fds} descriptors, {len(self.crowd.open)} asked, {len(self.crowd.unanswered())} open', flush=True)

    def fault(self, at_s):
        modem = self.chance.choice(self.modems)
        what, lasts_s = self.chance.choice([*FAULTS, (None, 0)])
        if what is None:
            children = self.life.children()
            self.met[CHILD_KILLED] += bool(children) and kill(self.chance.choice(children))
            return
        self.line.tell(do='fault', modem=modem, **what)
        self.met[' '.join(str(v) for v in (what['name'], what.get('at'), what.get('arg') if what['name'] == 'report' else None) if v)] += 1
        if lasts_s:
            self.ends.append((at_s + lasts_s, modem))

    def heal(self, at_s):
        for end in [e for e in self.ends if e[0] <= at_s]:
            self.line.tell(do='fault', modem=end[1], name='none')
            self.ends.remove(end)

    def settle(self):
        for modem in self.modems:
            self.line.tell(do='fault', modem=modem, name='none')
            self.line.tell(do='set', modem=modem, report='ok')
        shelf, limit = Shelf(self.life), time.monotonic() + SETTLE_LIMIT_S
        while (shelf.waiting() or self.full()) and time.monotonic() < limit:
            self.crowd.hear()
            time.sleep(0.2)
        self.crowd.hear()
        counts, faults = self.crowd.judge(shelf)
        if shelf.waiting() or self.full():
            faults.append(f'not quiet after {SETTLE_LIMIT_S} s: {dict(shelf.by_state())}, on SIMs {self.full()}')
        self.life.check_store()
        return counts, faults

    def full(self):
        return sum(m['sim_used'] + m['me_used'] + m['waiting'] for m in self.line.tell(do='state')['modems'])

    def figures(self, faults):
        """Prints them; adds to `faults` what is not flat."""
        warm = self.samples[int(len(self.samples) * WARM_UP_SHARE):]
        for name, of in (('daemon', lambda s: s.rss), ('largest child', lambda s: max(s.child_rss, default=0))):
            points = [(s.at_s, of(s)) for s in warm if of(s)]
            slope, values = slope_an_hour(points), [v for _, v in points]
            print(f'RSS of the {name}: {values[0]} KiB after the warm-up, {values[-1]} at the end, {min(values)}..{max(values)}; slope {slope:+.0f} KiB/h')
            if slope > FLAT_KIB_AN_HOUR and slope * (warm[-1].at_s - warm[0].at_s) / 3600 > FLAT_KIB:
                faults.append(f'the {name} grows by {slope:.0f} KiB/h')
        fds = [s.fds for s in warm]
        third = max(1, len(fds) // 3)
        print(f'file descriptors of the daemon: {min(fds)}..{max(fds)}, median {statistics.median(fds[:third])} at first and {statistics.median(fds[-third:])} at last')
        if statistics.median(fds[-third:]) > statistics.median(fds[:third]):
            faults.append('file descriptors grow')
        lasting = [a for a, b in zip(self.samples, self.samples[1:]) if set(a.zombies) & set(b.zombies)]
        print(f'zombies: {len(lasting)} lasting in {len(self.samples)} looks')
        if lasting:
            faults.append(f'{len(lasting)} zombies')


def main():
    o = argparse.ArgumentParser()
    o.add_argument('--minutes', type=float, default=30)
    o.add_argument('--rate', type=float, default=10)
    o.add_argument('--seed', type=int, default=1)
    o.add_argument('--dir', default='build/soak/run')
    o = o.parse_args()
    soak = Soak(os.path.abspath(o.dir), o.seed, o.rate)
    counts, faults = soak.run(o.minutes)
    print(f'seed {o.seed}, {o.minutes} minutes, {counts["said"]} messages ({counts["said"] / o.minutes / 60:.1f}/s) and {counts["parts"]} parts of answers on {len(soak.modems)} modems')
    print('faults met: ' + ', '.join(f'{k} {v}' for k, v in sorted(soak.met.items())))
    soak.figures(faults)
    print('ledger: ' + ', '.join(f'{k} {v}' for k, v in sorted(counts.items()) if k not in ('struck', 'said', 'parts')) + f'; lost {counts["lost"]}, twice {counts["twice"]}')
    for fault in faults[:20]:
        print(f'  ! {fault[:1000]}')
    sys.exit(1 if faults else 0)


if __name__ == '__main__':
    main()
