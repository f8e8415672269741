#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Kills the gateway and its children at random while a crowd writes, and counts what each phone sent and received.

Usage: tests/torture/torture.py [--kills 2000] [--seed 1] [--minutes 100] [--dir build/torture] [--fresh] [--quiet-every 100]

One store lives through all kills. The state (seed, kills, ledger) is kept in DIR/state.json after each quiet point; a run that was stopped, or that has used
its minutes, goes on from there when it is called again. The exit code is 0 only if nothing was lost and nothing came twice but for what the gateway lists as
UNKNOWN and the network had in flight at a kill.
"""
import argparse
import collections
import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

from crowd import KINDS, UNWANTED, Crowd
from shelf import STATES, Shelf, States
from world import KABAR, OPERATORS, Ears, LastingNetwork, Ledger, Life, Line, bury, fault_points, is_dead, kill, now_ms

CONFIG = 'operators = ( ' + ', '.join(f'{{ number = "{o}"; }}' for o in OPERATORS) + ' );'
GATEWAY = 'demo = true; unknown_retry = "2s"; reply_expires = "10m";'
PASSING = {'db_step': (300, 3000), 'db_begin': (8, 40), 'db_commit': (8, 40)}  # a store that fails while it is opened ends the gateway with a clear line
MOMENTS = ('stored', 'noticed', 'cmgs_prompt', 'ctrl_z', 'accepted', 'sent', 'deleted')  # of the simulator's: the kill comes from there
RATE, BACKLOG = 5.0, 25  # questions a second, while no more people wait: answers expire, however slow the machine
UP_LIMIT_S, POINT_LIMIT_S, MOMENT_LIMIT_S, SETTLE_LIMIT_S = 6, 12, 2, 240
EARLY_SHARE, MOMENT_SHARE = 0.15, 0.3  # kills that do not wait until the gateway is up; that come at an exact moment of a modem
NUMBERS_SPARED = 20000  # of a piece that was stopped between two quiet points


class Totals:
    """What is kept over pieces: plain data, one JSON file."""

    def __init__(self, path, seed):
        self.path = path
        self.seed, self.kills, self.pieces, self.seconds, self.number = seed, 0, 0, 0.0, 10000000
        self.counts, self.victims, self.states, self.points = (collections.Counter() for _ in range(4))
        self.faults = []

    def load(self):
        if os.path.exists(self.path):
            with open(self.path) as f:
                for key, value in json.load(f).items():
                    setattr(self, key, collections.Counter(value) if isinstance(value, dict) else value)
            self.number += NUMBERS_SPARED
        return self

    def save(self):
        with open(f'{self.path}.new', 'w') as f:
            json.dump({k: v for k, v in vars(self).items() if k != 'path'}, f, indent=1)
        os.rename(f'{self.path}.new', self.path)

    def print(self):
        c = self.counts
        print(f'seed {self.seed}, {self.kills} kills in {self.seconds / 60:.1f} minutes and {self.pieces} pieces')
        print(f'  between a message\'s arrival and its +CMGS: {c["struck"]} ({100 * c["struck"] // max(self.kills, 1)} %), with a submit OUT: {c["kills with a submit out"]}')
        print('  by victim: ' + ', '.join(f'{k} {v}' for k, v in sorted(self.victims.items())))
        print('  by fault point: ' + ', '.join(f'{k} {v}' for k, v in sorted(self.points.items())))
        print('  by state of a message at the kill:')
        for state in STATES:
            print(f'    {state:12} {self.states[state]:6}')
        print(f'ledger: {c["asked"]} people asked, {c["said"]} messages, {c["parts"]} parts of answers')
        for name in ('answered', 'never to be reached', 'given up, listed UNKNOWN', 'refused, and too old after a kill', 'alerts', 'again, UNKNOWN and in flight at a kill'):
            print(f'  {name}: {c[name]}')
        print(f'  lost {c["lost"]}; answered twice {c["twice"]}; other faults {len(self.faults) - c["lost"] - c["twice"]}')
        for fault in self.faults[:20]:
            print(f'  ! {fault}')


class Torture:
    def __init__(self, folder, totals, links=2):
        self.folder, self.totals, self.links = folder, totals, links
        self.chance = random.Random(f'{totals.seed} {totals.kills} {totals.number}')
        self.states = States()
        self.next_ask = 0.0
        self.asks_early = True
        self.unwanted = None

    @contextlib.contextmanager
    def world(self):
        with LastingNetwork(self.folder, self.links, self.totals.seed) as net:
            self.net, self.line = net, Line(net)
            self.life = Life(net, gateway=GATEWAY, config=CONFIG)
            self.crowd = Crowd(self.line, Ears(net), Ledger(self.line), list(net.modems.values()), self.chance.random(), self.totals.number)
            try:
                yield self
            finally:
                if self.life.is_alive():
                    self.life.process.kill()
                    self.life.process.wait()

    # ---- time passes ----

    def pump(self, seconds, until=lambda: False, asks=True):
        """The crowd writes and hears; true when `until` came true."""
        end = time.monotonic() + seconds
        while True:
            now = time.monotonic()
            if asks and now >= self.next_ask:
                if len(self.crowd.unanswered()) < BACKLOG:
                    self.crowd.ask(self.asks_early)
                self.next_ask = now + self.chance.expovariate(RATE)
            self.crowd.hear()
            if until():
                return True
            if now >= end:
                return False
            time.sleep(0.004)

    def begin(self, **environment):
        self.life.begin(**environment)

    # ---- one kill ----

    def victims(self):
        which = self.chance.choices(('daemon', 'child', 'both'), (45, 35, 20))[0]
        children = self.life.children()
        if which == 'child' and not children:
            which = 'daemon'
        some = self.chance.sample(children, self.chance.randint(1, len(children))) if children else []
        return which, {'daemon': [self.life.process.pid], 'child': some[:1], 'both': [self.life.process.pid] + some}[which]

    def strike(self):
        """A kill at random, most of them right after a question was sent."""
        if not self.life.is_alive():
            self.begin()
        if self.chance.random() < EARLY_SHARE:
            self.pump(self.chance.uniform(0, 0.5))
        else:
            self.pump(UP_LIMIT_S, until=lambda: self.life.links_up() > 0)
            self.maybe_cancel()
            if self.chance.random() < MOMENT_SHARE:
                self.strike_moment()
                return
        if self.chance.random() < 0.6:
            self.crowd.ask(self.asks_early)
            self.pump(self.chance.uniform(0, 0.06), asks=False)
        else:
            self.pump(self.chance.uniform(0, 0.5))
        which, pids = self.victims()
        self.record(which, lambda: [kill(p) for p in pids])

    def maybe_cancel(self):
        """One answer that the network refuses for the moment waits, and is cancelled by the command line."""
        with contextlib.closing(self.life.look()) as db:
            row = self.unwanted and db.execute("select id from outbox where peer = ? and state = 'QUEUED' and attempt > 0", [self.unwanted.number]).fetchone()
        if row and subprocess.run([KABAR, 'queue', '-c', self.life.config, 'cancel', str(row[0])], capture_output=True).returncode == 0:
            self.unwanted = None

    def strike_moment(self):
        """A kill by the simulator, at an exact moment of what a modem does."""
        modem, moment = self.chance.choice(list(self.net.modems)), self.chance.choice(MOMENTS)
        which = self.chance.choice(('daemon', 'child'))
        pid = self.life.process.pid if which == 'daemon' else self.life.child_of(modem)
        if pid is None:
            which, pid = 'daemon', self.life.process.pid
        self.line.tell(do='fault', modem=modem, name='kill', arg=pid, at=moment)
        self.crowd.ask(self.asks_early)
        struck = self.pump(MOMENT_LIMIT_S, until=lambda: is_dead(pid))
        self.line.tell(do='fault', modem=modem, name='none')
        self.totals.points[f'moment {moment}' if struck else 'no such moment came'] += 1
        self.record(which, lambda: kill(pid))

    def strike_point(self, point):
        """A kill at a named point: by the gateway itself, when it passes there."""
        fired = f'{self.folder}/fired'
        with contextlib.suppress(FileNotFoundError):
            os.remove(fired)
        if self.life.is_alive():
            self.stop_hard()
        nth = self.chance.randint(*PASSING.get(point, (1, 3)))
        self.begin(KABAR_FAULT=f'{point}:{nth}:kill:{fired}')
        if self.pump(POINT_LIMIT_S, until=lambda: os.path.exists(fired)):
            self.totals.points[point] += 1
            self.record('point', lambda: None)
        else:
            self.totals.points[f'{point} (not passed)'] += 1
            self.record('daemon', lambda: kill(self.life.process.pid))

    def stop_hard(self):
        before = now_ms()
        self.life.process.kill()
        self.life.process.wait()
        self.crowd.kills_ms.append((before, now_ms(), False))

    def record(self, which, act):
        before = now_ms()
        act()
        self.crowd.kills_ms.append((before, now_ms(), True))
        if which in ('daemon', 'both'):
            self.life.process.wait()
        db = self.life.look() if self.life.is_alive() else self.life.snapshot(f'{self.folder}/look')
        with contextlib.closing(db):
            seen, out = self.states.look(db)
        self.totals.kills += 1
        self.totals.victims[which] += 1
        self.totals.states.update(seen)
        self.totals.counts['kills with a submit out'] += out > 0
        self.crowd.hear()

    # ---- a quiet point ----

    def is_quiet(self, shelf):
        modems = self.line.tell(do='state')['modems']
        return shelf.waiting() == 0 and all(m['sim_used'] + m['me_used'] + m['waiting'] == 0 for m in modems) and now_ms() - self.crowd.last_heard_ms > 1500

    def settle(self):
        """Lets everything come to its end, and judges."""
        if not self.life.is_alive():
            self.begin()
        shelf, faults, limit = Shelf(self.life), self.totals.faults, time.monotonic() + SETTLE_LIMIT_S
        self.pump(UP_LIMIT_S, until=lambda: self.life.links_up() == self.links, asks=False)
        while not self.is_quiet(shelf) and time.monotonic() < limit:
            self.pump(0.5, asks=False)
        if not self.is_quiet(shelf):
            faults.append(f'not quiet after {SETTLE_LIMIT_S} s: {self.line.tell(do="state")["modems"]}, the store: {dict(shelf.by_state())}')
        counts, found = self.crowd.judge(shelf)
        self.totals.counts += counts
        faults += found
        try:
            self.life.check_store()
        except AssertionError as wrong:
            faults.append(f'kabar check --store: {wrong}')
        if not shelf.integrity():
            faults.append('integrity_check is not ok')
        self.crowd.forget()
        self.totals.number = self.crowd.number

    def hundred(self, n):
        """n kills and the quiet after them; every fault point among them, as far as there is room."""
        plan = [None] * n
        for kind in KINDS:
            self.crowd.ask_kind(kind)
        self.unwanted = self.crowd.ask_kind(UNWANTED)
        if n >= 50:
            for point, place in zip(fault_points(), self.chance.sample(range(n), len(fault_points()))):
                plan[place] = point
        for i, point in enumerate(plan):
            self.asks_early = i < n // 2
            self.strike_point(point) if point else self.strike()
        self.settle()


def torture(folder, kills, seed, minutes, quiet_every=100, fresh=False):
    """The totals after so many kills, or so many minutes."""
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder, exist_ok=True)
    totals = Totals(f'{folder}/state.json', seed).load()
    bury(folder)
    began, before = time.monotonic(), totals.seconds
    totals.pieces += 1
    if totals.kills >= kills:
        return totals
    with Torture(folder, totals).world() as t:
        while totals.kills < kills and time.monotonic() - began < minutes * 60 - SETTLE_LIMIT_S:
            t.hundred(min(quiet_every, kills - totals.kills))
            totals.seconds = before + time.monotonic() - began
            totals.save()
            print(f'# {totals.kills} kills, {totals.seconds:.0f} s, asked {totals.counts["asked"]}, lost {totals.counts["lost"]}, '
                  f'twice {totals.counts["twice"]}, faults {len(totals.faults)}', flush=True)
        if t.life.stop(limit_s=40) != 0:
            totals.faults.append(f'the gateway did not end well: {t.life.log()}')
    return totals


def main():
    o = argparse.ArgumentParser()
    o.add_argument('--kills', type=int, default=2000)
    o.add_argument('--seed', type=int, default=1)
    o.add_argument('--minutes', type=float, default=100)
    o.add_argument('--dir', default='build/torture')
    o.add_argument('--quiet-every', type=int, default=100)
    o.add_argument('--fresh', action='store_true')
    o = o.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit('ended; it goes on from the last quiet point when it is called again'))
    totals = torture(os.path.abspath(o.dir), o.kills, o.seed, o.minutes, o.quiet_every, o.fresh)
    totals.print()
    if totals.kills < o.kills:
        print(f'{o.kills - totals.kills} kills are left: call it again')
    sys.exit(1 if totals.faults else 0)


if __name__ == '__main__':
    main()
