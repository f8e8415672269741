#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults of sending: answers of the network that get lost, refusals of each class, reports that come early, late, twice, never or for another. What is asked
for arrives once; what becomes of it is told."""
import time

from libfault import ANI, BUDI, OURS, named
from libkabar import finish, pool, until

SHORT = 'BANTUAN'  # its answer is one SMS
LONG = 'INFO DOKUMEN'  # two


def states(f, *want, peer=ANI, limit_s=30):
    until(lambda: [s for s, _ in f.outbox(peer)] == list(want), limit_s, f'{want}: {f.outbox(peer)} {f.kabar.sql("select * from submit")}')


def answer_lost(name, fault, twice):
    """+CMGS never comes. The network has it: its report tells, and nothing is sent again. The network has it not: once more."""
    with named(name)(gateway=f'unknown_retry = "{25 if twice else 2}s";' if fault == 'lost_cmgs_accepted' else 'unknown_retry = "2s";') as f:
        f.now(fault)
        f.ask(text=SHORT)
        f.answered_once(limit_s=40)
        states(f, 'DELIVERED')
        assert not any(s['duplicate_of'] for s in f.submits()), f.submits()
