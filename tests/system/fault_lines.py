#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults of the line between gateway and modem: pulled out, silent, late, noisy. Whatever happens, each question is answered once and the SIM is empty."""
import time

from libfault import ANI, BUDI, CITRA, named
from libkabar import finish, pool, until


def unplug_idle(name):
    with named(name)(sweep_s=60) as f:
        f.now('unplug', arg=500)
        f.ask()
        f.answered_once(limit_s=6)


def unplug_at(name, moment):
    """Pulled out while it answers, and the network has nothing."""
    with named(name)() as f:
        f.at(moment, 'unplug', arg=500)
        f.ask()
        f.happened()
        f.answered_once()


def unplug_accepted(name):
    """Pulled out after the network took the first part of the answer: its report settles what nobody saw."""
    with named(name)(gateway='unknown_retry = "12s";') as f:
        f.net.tell(do='set', modem='m1', report_delay_ms=4000)
        f.at('accepted', 'unplug', arg=500)
        f.ask()
        f.happened()
        f.answered_once()
        assert not any(s['duplicate_of'] for s in f.submits()), f.submits()


def late_prompt(name):
    """A prompt that comes when libgammu has long given up must not eat what is said next."""
    with named(name)() as f:
        f.now('late_prompt', arg=30500)
        f.ask()
        f.answered_once(limit_s=60)


def urc_before_prompt(name):
    """A notice between AT+CMGS and its prompt: libgammu takes it for the prompt, and what it types then is lost."""
    with named(name)() as f:
        f.net.tell(do='fault', modem='m1', name='urc_before_answer', arg='+CMTI: "SM",9', at='command', on='AT+CMGS')
        f.now('late_prompt', arg=300)
        f.ask()
        f.answered_once(limit_s=40)


def strangers(name):
    """Notices of a vendor before answers, behind them, and while nothing goes on."""
    with named(name)() as f:
        for line in ('^HCSQ:"LTE",44,38,121,20', '+ZUSIMR:2', '^DSFLOWRPT:00000000', '*EBCA: 1', 'RING', '^NONSENSE: 7'):
            f.net.tell(do='fault', modem='m1', name='urc', arg=line)
        f.net.tell(do='fault', modem='m1', name='urc_noise', count=20)
        f.now('urc_before_answer', count=10, arg='^STRANGE: 1,2')
        for person in (ANI, BUDI, CITRA):
            f.ask(person)
        f.answered_once(ANI, BUDI, CITRA, limit_s=60)


def idle_strangers(name):
    """Notices that libgammu does not know, while nothing goes on: no answer is lost behind them, and no life."""
    with named(name)() as f:
        time.sleep(2)  # until its first look at everything is over
        lives = f.kabar.sql('select epoch from link')
        for i in range(6):
            f.now('urc', arg=('^SMMEMFULL: "SM"', '+CTZV: 28', '*PSUTTZ: 2026,11,24', 'DST: 0', '+CIEV: "MESSAGE",1', '^STRANGE')[i])
            time.sleep(0.3)
        for person in (ANI, BUDI):
            f.ask(person)
            f.answered_once(person, limit_s=5)
            time.sleep(1)
            f.now('urc', arg='+QIND: "csq",17,99')
            time.sleep(0.3)
        assert f.kabar.sql('select epoch from link') == lives, f.kabar.log()


def cnmi_error(name):
    """A modem that announces nothing is asked every few seconds."""
    with named(name)(start=False, before=lambda f: f.net.tell(do='fault', modem='m1', name='command_error', arg='AT+CNMI=2', count=-1)) as f:
        f.kabar.start()
        f.began = time.monotonic()
        f.ask()
        f.answered_once(limit_s=20)


def raw_ussd(name):
    """Raw line ends in a text of the network poison libgammu's parser."""
    with named(name)() as f:
        f.now('urc', arg='+CUSD: 0,"Pulsa Anda 500\r\nIsi ulang segera\r\n",15')
        f.ask()
        f.answered_once(limit_s=60)


def no_echo(name):
    with named(name)(start=False, init_timeout='"45s"', before=lambda f: f.net.tell(do='fault', modem='m1', name='no_echo')) as f:
        f.kabar.start(wait=False)
        f.ask()
        f.state('[no_echo]', 60)
        f.well()
        f.began = time.monotonic()
        f.answered_once(limit_s=60)


def reboot(name):
    """A modem that leaves the world whenever AT+CFUN is sent, three times."""
    with named(name)(start=False, before=lambda f: f.net.tell(do='fault', modem='m1', name='reboot_on_cfun', count=3, arg=500)) as f:
        f.began = time.monotonic()
        f.kabar.start(wait=False)
        f.ask()
        f.answered_once(limit_s=30)


pool([
    ('line: unplugged while idle', unplug_idle, 'unplug_idle', {'without': 'hangup'}),
    ('line: unplugged in the middle of a prompt', unplug_at, 'unplug_prompt', 'cmgs_typing', {'without': 'reply_again'}),
    ('line: unplugged after ^Z, the network has nothing', unplug_at, 'unplug_ctrl_z', 'ctrl_z', {'without': 'reply_again'}),
    ('line: unplugged after ^Z, the network has it', unplug_accepted, 'unplug_accepted', {'without': 'report_late'}),
    ('line: a prompt that comes too late', late_prompt, 'late_prompt', {'long': True, 'without': 'crash_only,job_deadline'}),
    ('line: a notice between AT+CMGS and its prompt', urc_before_prompt, 'urc_before_prompt', {'without': 'submit_deadline,job_deadline'}),
    ('line: notices of vendors', strangers, 'strange_notices', {'without': 'crash_only,sweep'}),
    ('line: unknown notices while nothing goes on', idle_strangers, 'idle_strangers', {'without': 'strangers'}),
    ('line: AT+CNMI is refused', cnmi_error, 'cnmi_error', {'without': 'sweep'}),
    ('line: raw line ends in USSD', raw_ussd, 'raw_ussd', {'without': 'crash_only,sweep,strangers'}),
    ('line: no echo', no_echo, 'no_echo', {'without': 'new_lives'}),
    ('line: reboots on AT+CFUN', reboot, 'reboot_on_cfun', {'without': 'hangup'}),
], workers=12)
finish()
