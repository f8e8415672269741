#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Kills the gateway at random between the screens, while phones dial and walk the registration. A request that got no answer is repeated as it was, as a network does; a
session that is told to be over is dialled anew. At the end every person stands in the store exactly once, each with its own data, and no step was done twice.

Usage: tests/torture/ussd.py [--kills 200] [--phones 20] [--seed 1]
"""
import argparse
import collections
import os
import random
import shutil
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'system'))
from libkabar import SLOW, Gateway  # noqa: E402
from libussd import Citizen, Handset, NoAnswer, Words, bearers, free_port  # noqa: E402

WORDS = Words()
WALK = ['M0', 'D1', 'D2', 'D3', 'D4', 'D5', 'D6', 'D7']  # the steps of a session that nobody dialled anew
PATIENCE_S = 60  # for one answer, over all kills that hit it
STEPS_A_KILL = (0, 60)  # answers of all phones together that a life gets to give, and then some milliseconds
SERVES_LIMIT_S = 30


class Nowhere:
    """In place of a simulated network: a folder, and SMS that go nowhere."""

    modems = {}

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix='kabar-test-')
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.dir, ignore_errors=True)

    def gateway(self, port):
        both = f'{{ name = "nowhere"; kind = "null"; }}, {bearers(self, port)}'
        return Gateway(self, gateway='demo = true; replies_per_hour = 1000;', bearers=both)


class Phone(threading.Thread):
    """Registers one person after the other until it is told to stop; finishes the one that it has begun."""

    def __init__(self, crowd, first):
        super().__init__(daemon=True)
        self.crowd, self.next, self.failure = crowd, first, None

    def run(self):
        try:
            while not self.crowd.closing:
                self.register(Citizen(self.next))
                self.next += 1
        except Exception as why:  # a thread's failure is the crowd's
            self.failure = f'{type(why).__name__}: {why}'

    def ask(self, handset, act):
        """One request, as often as it takes."""
        end = time.monotonic() + PATIENCE_S * SLOW
        while True:
            try:
                screen = act()
                break
            except NoAnswer:
                self.crowd.counts['repeated'] += 1
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)
                act = handset.repeat
        self.crowd.steps += 1
        return screen

    def register(self, c):
        """Answers whatever screen is shown, until the number is told."""
        handset, answers = Handset(self.crowd.port, c.number), c.answers()
        c.dialled_again = False
        try:
            screen = self.ask(handset, handset.dial)
            self.crowd.begun.append(c)
            while True:
                typed = self.answer_to(c, answers, screen.text)
                if typed is None:
                    break
                if screen.waits and typed:
                    screen = self.ask(handset, lambda: handset.type(typed))
                else:
                    self.crowd.counts['dialled again'] += 1
                    c.dialled_again = True
                    time.sleep(0.05)
                    screen = self.ask(handset, handset.dial)
            self.crowd.done.append(c)
        finally:
            handset.close()

    def answer_to(self, c, answers, text):
        """None: she is registered. "": dial again."""
        if WORDS.says('D7', text):
            c.shown_no = text.split('No Anda ')[1].split(',')[0].replace('-', '')
            return None
        if WORDS.says('DUP', text):  # D7 went where nobody saw it
            self.crowd.counts['D7 was not seen'] += 1
            return None
        if WORDS.says('DWN', text) or WORDS.says('LAT', text):
            return ''
        if WORDS.says('M0', text) or WORDS.says('RES', text):
            return '1'
        for screen, typed in answers.items():
            if WORDS.says(screen, text, **(c.said if screen == 'D6' else {})):
                return typed
        raise AssertionError(f'{c.number} did not expect {text!r}')


class Crowd:
    def __init__(self, port, phones, base=0):
        self.port, self.closing, self.steps = port, False, 0
        self.begun, self.done, self.counts = [], [], collections.Counter()
        self.phones = [Phone(self, base + 10000 * i) for i in range(phones)]
        for p in self.phones:
            p.start()

    def finish(self):
        """Everybody comes to the end of what was begun."""
        self.closing = True
        for p in self.phones:
            p.join(PATIENCE_S * SLOW)
            assert not p.is_alive(), f'a phone still waits; repeated {self.counts}'

    def failures(self):
        return [p.failure for p in self.phones if p.failure]


def judge(kabar, crowd):
    """Every person once, with her own data; each consent and each last screen once."""
    faults = crowd.failures()
    for c in crowd.done:
        try:
            c.check_stored(kabar)
            no = kabar.sql('select reg_no from person p join number m on m.person = p.id where m.peer = ?', c.number)
            assert not hasattr(c, 'shown_no') or no == [(c.shown_no,)], f'{c.number} was told No {c.shown_no}, stored: {no}'
            consents = kabar.sql("select count(*) from consent where peer = ? and act = 'store'", c.number)
            assert consents == [(1,)], f'{c.number}: {consents} consents'
            steps = ' '.join(s for (s,) in kabar.sql('select steps from session where peer = ? order by id', c.number)).split()
            nodes = [s.partition('@')[0] for s in steps]
            assert nodes.count('D7') == 1 and (c.dialled_again or nodes == WALK), f'{c.number} took {steps}'
        except AssertionError as why:
            faults.append(str(why))
    people = kabar.sql('select count(*), count(distinct name) from person')
    if people != [(len(crowd.done),) * 2]:
        faults.append(f'{len(crowd.done)} people registered, stored (and with names of their own): {people}')
    dead = kabar.sql('select reason from dead_letter')
    if dead:
        faults.append(f'dead letters: {dead[:3]}')
    return faults


def serve(kabar):
    kabar.start(wait=False)
    end = time.monotonic() + SERVES_LIMIT_S * SLOW
    while 'serves as' not in kabar.log():
        kabar.alive_or_fail()
        assert time.monotonic() < end, f'it does not serve: {kabar.log()}'
        time.sleep(0.01)


def torture(kills, phones, seed):
    """Faults, and what was counted."""
    chance, port = random.Random(seed), free_port()
    with Nowhere() as folder:
        kabar = folder.gateway(port)
        serve(kabar)
        crowd = Crowd(port, phones)
        try:
            for _ in range(kills):
                goal, end = crowd.steps + chance.randint(*STEPS_A_KILL), time.monotonic() + PATIENCE_S * SLOW
                while crowd.steps < goal and time.monotonic() < end and not crowd.failures():
                    time.sleep(0.002)
                time.sleep(chance.uniform(0, 0.03))
                kabar.process.kill()
                kabar.process.wait()
                serve(kabar)
            crowd.finish()
            faults = judge(kabar, crowd)
        finally:
            code = kabar.stop()
        if code != 0:
            faults.append(f'the gateway ended with {code}: {kabar.log()}')
        kabar.check_store()
        crowd.counts.update({'kills': kills, 'answers': crowd.steps, 'registered': len(crowd.done)})
        return faults, crowd.counts


def main():
    o = argparse.ArgumentParser()
    o.add_argument('--kills', type=int, default=200)
    o.add_argument('--phones', type=int, default=20)
    o.add_argument('--seed', type=int, default=1)
    o = o.parse_args()
    faults, counts = torture(o.kills, o.phones, o.seed)
    print(', '.join(f'{k} {v}' for k, v in sorted(counts.items())))
    for fault in faults[:20]:
        print(f'  ! {fault}')
    print(f'{len(faults)} faults')
    sys.exit(1 if faults else 0)


if __name__ == '__main__':
    main()
