#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Takes the power from the gateway's disk at random instants, and looks what is left.

Usage: tests/torture/powercut.py [--rounds 50] [--seed 1] [--lie]

The store lies on ext4 on a loop device on a disk of our own (logdisk.c) that knows which writes were flushed. A cut is a copy of that disk with all that was
flushed and a chance part of what was not. From each copy: the file system is mounted (its journal replayed) and checked, the store must hold its invariants,
every message that was deleted from a SIM before the cut must be in it, every SMS that the network took before the cut must stand in it as a submit, and
a gateway started on the copy must come to an end with all that is left. With --lie the disk forgets what it was told to flush: then a round must fail, or
this test could not.
"""
import argparse
import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

from crowd import Crowd
from shelf import Shelf
from torture import CONFIG, GATEWAY
from world import KABAR, Ears, LastingNetwork, Ledger, Life, Line

LOGDISK = os.path.join(os.path.dirname(KABAR), 'logdisk')
MIB = 64
RATE = 25.0  # questions a second


def run(*words):
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f'{" ".join(words)}: {done.stdout}{done.stderr}'
    return done.stdout


class Refused(Exception):
    """This machine lets us mount nothing."""


@contextlib.contextmanager
def mounted(image, folder):
    os.makedirs(folder, exist_ok=True)
    run('mount', '-o', 'loop', image, folder)
    try:
        yield folder
    finally:
        run('umount', folder)


@contextlib.contextmanager
def disk(folder):
    """A logdisk with an empty ext4 on it: the folder where it is served."""
    os.makedirs(folder)
    if os.getuid() != 0 or not os.access('/dev/fuse', os.W_OK):
        raise Refused('mounting needs root and /dev/fuse')
    process = subprocess.Popen([LOGDISK, folder, str(MIB)], stdin=subprocess.DEVNULL)
    try:
        for _ in range(250):
            if os.path.exists(f'{folder}/disk') or process.poll() is not None:
                break
            time.sleep(0.02)
        if not os.path.exists(f'{folder}/disk'):
            raise Refused('FUSE is refused here')
        run('mkfs.ext4', '-q', f'{folder}/disk')
        yield folder
    finally:
        subprocess.run(['fusermount3', '-u', folder], capture_output=True)
        process.wait(20)


def order(folder, words):
    with open(f'{folder}/control', 'w', encoding='ascii') as f:
        f.write(words)


def on_disk(net, folder):
    """The gateway whose state lies in `folder`."""
    os.makedirs(f'{folder}/state', exist_ok=True)
    link = f'{net.dir}/state'
    with contextlib.suppress(FileNotFoundError):
        os.remove(link)
    os.symlink(f'{folder}/state', link)
    return Life(net, gateway=GATEWAY, config=CONFIG)


class Arrivals:
    """Which messages of phones were put on a SIM, and are gone from it."""

    def __init__(self, line):
        self.line, self.next = line, 1
        self.slot = {}      # (modem, slot) -> sender of the newest message there
        self.parts = {}     # sender -> parts that came to a SIM

    def deleted(self):
        """Senders of whom nothing lies on a SIM now, each with the number of its parts. The ledger is read before the SIMs: what comes between is not yet looked for."""
        rows = self.line.tell(do='ledger', from_n=1 << 40, from_delivery=self.next)['deliveries']
        for row in rows:
            self.next = row['n'] + 1
            if row['message'] and row['where'].startswith('SM '):
                self.slot[row['modem'], int(row['where'][3:])] = row['from']
                self.parts.setdefault(row['from'], []).append(row['total'])
        stored = {(m['name'], i) for m in self.line.tell(do='state')['modems'] for i in m['stored']['SM']}
        on_sim = {sender for place, sender in self.slot.items() if place in stored}
        return {s: len(p) for s, p in self.parts.items() if s not in on_sim and len(p) == p[0]}


class Round:
    """One cut, and what a gateway makes of what is left."""

    def __init__(self, image, folder, acknowledged, taken):
        self.image, self.folder, self.acknowledged, self.taken = image, folder, acknowledged, taken

    def judge(self):
        """What is wrong with it, or None."""
        try:
            with LastingNetwork(f'{self.folder}/world', 2, 7) as net, mounted(self.image, f'{self.folder}/copy') as copy:
                life = on_disk(net, copy)
                assert os.path.exists(life.store), f'no store at all; {len(self.acknowledged)} messages were acknowledged'
                with contextlib.closing(life.snapshot(f'{self.folder}/look')) as db:
                    self.compare(db)
                life.check_store()
                self.live(life, Shelf(life))
            run('e2fsck', '-fn', self.image)
        except (AssertionError, sqlite3.DatabaseError) as wrong:
            return f'{type(wrong).__name__}: {wrong}'
        return None

    def compare(self, db):
        assert db.execute('pragma integrity_check').fetchall() == [('ok',)], 'integrity_check is not ok'
        inbox = {peer for (peer,) in db.execute('select peer from inbox')}
        missing = [s for s in self.acknowledged if s not in inbox]
        assert not missing, f'{len(missing)} of {len(self.acknowledged)} acknowledged messages are missing, such as {missing[0]}'
        known = {peer for (peer,) in db.execute('select distinct o.peer from submit s join outbox o on o.id = s.outbox')}
        strangers = [n for n in self.taken if n not in known]
        assert not strangers, f'the network took SMS to {len(strangers)} numbers of which the store knows no submit, such as {strangers[0]}'

    def live(self, life, shelf):
        """A gateway over the copy sends what is left to be sent."""
        life.start()
        try:
            limit = time.monotonic() + 60
            while shelf.waiting() and time.monotonic() < limit:
                time.sleep(0.1)
            assert shelf.waiting() == 0, f'answers are left: {dict(shelf.by_state())} {life.log()}'
            unanswered = shelf.rows("select peer from inbox i where outcome = 'answered' and not exists (select 1 from outbox o where o.inbox = i.id)")
            assert not unanswered, f'answered, but without an answer: {unanswered[:3]}'
        finally:
            assert life.stop(limit_s=40) == 0, life.log()
        life.check_store()


class PowerCut:
    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.counts = {'rounds': 0, 'acknowledged': 0, 'taken': 0}

    def rounds(self, n, lie=False):
        """One line of faults for each round that had some."""
        faults = []
        folder = tempfile.mkdtemp(prefix='kabar-test-')
        try:
            with disk(f'{folder}/disk') as served, mounted(f'{served}/disk', f'{folder}/mount') as mount, LastingNetwork(f'{folder}/world', 2, 1) as net:
                self.served, self.line = served, Line(net)
                self.life = on_disk(net, mount)
                self.life.start()
                self.crowd = Crowd(self.line, Ears(net), Ledger(self.line), list(net.modems.values()), self.chance.random(), 10000000)
                self.arrivals = Arrivals(self.line)
                if lie:
                    order(served, 'lie')
                try:
                    for i in range(n):
                        fault = self.one(f'{folder}/round')
                        faults += [f'round {i}: {fault}'] if fault else []
                finally:
                    self.life.stop(signal.SIGKILL)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return faults

    def one(self, folder):
        self.write(self.chance.uniform(0.3, 1.5))
        acknowledged = self.arrivals.deleted()
        self.crowd.ledger.read()
        taken = [n for n, rows in self.crowd.ledger.submits.items() if any(r['accepted'] for r in rows)]
        os.makedirs(folder)
        order(self.served, f'cut {self.chance.randrange(1 << 31)} {folder}/image')
        self.counts['rounds'] += 1
        self.counts['acknowledged'] += len(acknowledged)
        self.counts['taken'] += len(taken)
        try:
            return Round(f'{folder}/image', folder, acknowledged, taken).judge()
        finally:
            shutil.rmtree(folder)

    def write(self, seconds):
        end, next_ask = time.monotonic() + seconds, 0.0
        while time.monotonic() < end:
            if time.monotonic() >= next_ask:
                self.crowd.ask(early=False)
                next_ask = time.monotonic() + self.chance.expovariate(RATE)
            self.crowd.hear()
            time.sleep(0.002)

    def print(self, faults):
        c = self.counts
        print(f'{c["rounds"]} cuts; acknowledged messages looked for {c["acknowledged"]}, numbers answered before the cut looked for {c["taken"]}; '
              f'faults {len(faults)}')
        for fault in faults[:20]:
            print(f'  ! {fault}')


def main():
    o = argparse.ArgumentParser()
    o.add_argument('--rounds', type=int, default=50)
    o.add_argument('--seed', type=int, default=1)
    o.add_argument('--lie', action='store_true')
    o = o.parse_args()
    cut = PowerCut(o.seed)
    faults = cut.rounds(o.rounds, o.lie)
    cut.print(faults)
    sys.exit(1 if faults else 0)


if __name__ == '__main__':
    main()
