#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults of sending: answers of the network that get lost, refusals of each class, reports that come early, late, twice, never or for another. What is asked
for arrives once, and what became of it is told."""
import time

from libfault import ANI, BUDI, named
from libkabar import finish, pool, until

SHORT = 'BANTUAN'  # its answer is one SMS


def states(f, *want, peer=ANI, limit_s=30):
    until(lambda: [s for s, _ in f.outbox(peer)] == list(want), limit_s, f'{want}: {f.outbox(peer)} {f.kabar.sql("select * from submit")}')


def no_copy(f):
    assert not any(s['duplicate_of'] for s in f.submits()), f.submits()


def answer_lost_taken(name):
    """+CMGS never comes, but the network has it: the report tells so before it would be sent again."""
    with named(name)(gateway='unknown_retry = "60s";') as f:
        f.now('lost_cmgs_accepted')
        f.ask(text=SHORT)
        f.answered_once()
        states(f, 'DELIVERED')
        no_copy(f)


def answer_lost_refused(name):
    """+CMGS never comes, and the network has nothing: once more."""
    with named(name)() as f:
        f.now('lost_cmgs_refused')
        f.ask(text=SHORT)
        f.answered_once(limit_s=60)
        states(f, 'DELIVERED')


def never_taken(name, code):
    """What the network will never take is FAILED, tried once, and `why` has the words."""
    with named(name)(gateway='unknown_retry = "2s"; reply_pause = "1s";') as f:
        f.now('cms_error', arg=code, count=9)
        f.ask(text=SHORT)
        states(f, 'FAILED')
        time.sleep(2)
        assert [s['cms'] for s in f.submits()] == [code], f.submits()


pool([
    ('sending: +CMGS is lost, the network has it', answer_lost_taken, 'lost_cmgs_accepted', {'without': 'report_late'}),
    ('sending: +CMGS is lost, the network has it not', answer_lost_refused, 'lost_cmgs_refused', {'without': 'submit_deadline'}),
])
finish()
