#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults of the line between gateway and modem: pulled out, silent, late, noisy. Whatever happens, each question is answered once and the SIM is empty."""
import time

from libfault import ANI, BUDI, CITRA, named
from libkabar import finish, pool, until


def unplug_idle(name):
    with named(name)() as f:
        f.now('unplug', arg=500)
        f.ask()
        f.answered_once(limit_s=10)


def unplug_at(name, moment, has):
    """Pulled out while it answers; `has`: the network has the answer."""
    with named(name)() as f:
        f.at(moment, 'unplug', arg=500)
        f.ask()
        f.happened()
        f.answered_once()
        if has:
            assert len(f.submits()) == 1, f.submits()


pool([
    ('line: unplugged while idle', unplug_idle, 'unplug_idle', {'without': 'hangup'}),
    ('line: unplugged in the middle of a prompt', unplug_at, 'unplug_prompt', 'cmgs_typing', False),
    ('line: unplugged after ^Z, the network has nothing', unplug_at, 'unplug_ctrl_z', 'ctrl_z', False),
    ('line: unplugged after ^Z, the network has it', unplug_at, 'unplug_accepted', 'accepted', True),
])
finish()
