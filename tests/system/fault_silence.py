#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A modem that falls silent for ever in a command, in each that matters: the gateway does not wait as long as libgammu would (5 to 500 s), says what is wrong,
and serves when the modem wakes. And one that is pulled out and comes back as another port."""
from libfault import named
from libkabar import finish, pool, until

SHORT = 'BANTUAN'


def serving(name, command, limit_s):
    """While it serves; given up within limit_s, which is less than libgammu waits (but for AT+CMGD)."""
    with named(name)(job_timeout='"5s"') as f:
        f.at('command', 'hang', on=command)
        f.ask(text=SHORT)
        f.happened()
        until(lambda: f.kabar.sql("select 1 from link where state <> 'up'"), limit_s, lambda: f'it is given up: {f.kabar.log()}')
        f.well()
        f.answered_once(limit_s=60)


def opening(name, command):
    """While it is opened: pulled out, then silent when it is back."""
    with named(name)(init_timeout='"20s"') as f:
        f.at('command', 'hang', on=command)
        f.now('unplug', arg=300)
        f.happened(10)
        f.state('[silent]', 24)
        f.well()
        f.ask(text=SHORT)
        f.answered_once(limit_s=60)


def moved(name, **keys):
    """Back as another port: found by the name that stays, or by its IMEI."""
    with named(name)(before=lambda f: f.arguments.update(bearers=f.arguments['bearers'].replace('IMEI', f.modem()['imei'])), **keys) as f:
        f.now('replug', arg='ttyUSB7')
        f.ask(text=SHORT)
        f.answered_once(limit_s=8)
        assert f.modem()['tty'].endswith('/ttyUSB7'), f.modem()


def by_id(name):
    moved(name, device='"net/by-id/m1"', sweep_s=60)


def by_imei(name):
    moved(name, device='"net/[amt]*"', imei='"IMEI"', options=['--modem', 'a2=+6281100000002'])  # another one stands in front


pool([(f'silent for ever: {command} while it serves', serving, f'silent_{command}', command, limit_s,
       {'long': limit_s > 15, 'without': 'job_deadline,crash_only'})
      for command, limit_s in (('AT+CMGR', 15), ('AT+CMGL', 15), ('AT+CMGD', 15), ('AT+CMGS', 28))]
     + [(f'silent for ever: {command} while it is opened', opening, f'silent_opening_{command}', command, {'without': 'job_deadline'})
        for command in ('AT', 'AT+CPIN', 'AT+CPMS', 'AT+CNMI=2', 'AT+CREG', 'AT+COPS')]
     + [('moved to another port, found by its id', by_id, 'moved_by_id', {'without': 'hangup'}),
        ('moved to another port, found by its IMEI', by_imei, 'moved_by_imei',
         {'without': 'device_search'})],
     workers=12)
finish()
