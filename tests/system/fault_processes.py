#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults of processes, at exact moments of the modem: the child is killed or stopped, the daemon is killed. What was asked is answered once; what was under way
is settled by evidence, or listed as unknown."""
import contextlib
import signal
import time

from libfault import ANI, BUDI, named
from libkabar import SLOW, finish, pool, until

SHORT = 'BANTUAN'


def latency(ms):
    """Of the network; as much longer as processes of a sanitizer build take to begin."""
    return ['--latency-ms', str(int(ms * SLOW))]


def child(f):
    """The pid of the modem's process."""
    def found():
        with open(f'/proc/{f.kabar.process.pid}/task/{f.kabar.process.pid}/children', encoding='ascii') as children:
            return children.read().split()
    return int(until(found, 10, 'a child')[0])


def child_killed(name, moment):
    with named(name)(options=latency(300)) as f:
        f.at(moment, 'kill', arg=child(f))
        f.ask(text=SHORT)
        f.happened()
        f.ask(BUDI, SHORT)
        f.answered_once(ANI, BUDI, limit_s=40)


def child_killed_answered(name, moment, report):
    """Killed after ^Z: the next life hears the modem's answer, or finds the report; nothing is sent twice."""
    with named(name)(options=latency(1000), gateway=f'unknown_retry = "{int(8 * SLOW)}s";') as f:
        f.net.tell(do='set', modem='m1', report=report)
        with f.net.held():
            f.at(moment, 'kill', arg=child(f))
            f.ask(text=SHORT)
            f.happened()
        f.answered_once(limit_s=40)
        assert len(f.submits()) == 1, f.submits()
        until(lambda: f.outbox() == [('SENT' if report == 'never' else 'DELIVERED', '')], 10, lambda: f.outbox())


def child_stopped(name, moment):
    """SIGSTOP: alive for the kernel, dead for us."""
    with named(name)(job_timeout='"6s"') as f:
        f.at(moment, 'stop', arg=child(f))
        f.ask(text=SHORT)
        f.happened()
        f.answered_once(limit_s=60)


def daemon_killed(name, moment, on='', also=None, held=False):
    """The daemon dies at that moment, and its child with it; the next one goes on. `also`: what the modem does besides; `held`: it answers when the next one is there."""
    with named(name)(options=latency(300), gateway=f'unknown_retry = "{int(8 * SLOW)}s";') as f:
        pid = child(f)
        if also:
            f.now(**also)
        with f.net.held() if held else contextlib.nullcontext():
            f.at(moment, 'kill', arg=f.kabar.process.pid, on=on)
            f.ask(text=SHORT)
            f.happened()
            assert f.kabar.process.wait(5) == -signal.SIGKILL
            until(lambda: gone(pid), 5, 'the child is gone')
            f.kabar.start(wait=not held)
        f.answered_once(limit_s=40)
        assert not any(s['duplicate_of'] for s in f.submits()), f.submits()


def gone(pid):
    try:
        with open(f'/proc/{pid}/stat', encoding='ascii') as stat:
            return stat.read().rsplit(') ', 1)[1][0] == 'Z'
    except FileNotFoundError:
        return True


pool([
    ('process: the child is killed when a message is stored', child_killed, 'child_killed_stored', 'stored', {'without': 'new_lives'}),
    ('process: the child is killed in the middle of a prompt', child_killed, 'child_killed_prompt', 'cmgs_prompt', {'without': 'reply_again'}),
    ('process: the child is killed after ^Z', child_killed_answered, 'child_killed_ctrl_z', 'ctrl_z', 'never', {'without': 'settling'}),
    ('process: the child is killed before +CMGS', child_killed_answered, 'child_killed_accepted', 'accepted', 'ok', {'without': 'settling,report_late'}),
    ('process: the child is killed after a delete', child_killed, 'child_killed_deleted', 'deleted', {'without': 'new_lives'}),
    ('process: the child is stopped when a message is stored', child_stopped, 'child_stopped_stored', 'stored', {'without': 'job_deadline'}),
    ('process: the child is stopped in the middle of a prompt', child_stopped, 'child_stopped_prompt', 'cmgs_prompt', {'without': 'job_deadline'}),
    ('process: the daemon is killed when a message is stored', daemon_killed, 'daemon_killed_stored', 'stored', {'without': 'sweep'}),
    ('process: the daemon is killed while it waits for a prompt', daemon_killed, 'daemon_killed_prompt', 'command', 'AT+CMGS',
     {'name': 'late_prompt', 'arg': 1000}, {'without': 'reply_again'}),
    ('process: the daemon is killed before +CMGS', daemon_killed, 'daemon_killed_accepted', 'accepted', '', None, True, {'without': 'settling,report_late'}),
    ('process: the daemon is killed before a delete', daemon_killed, 'daemon_killed_delete', 'command', 'AT+CMGD',
     {'name': 'delete_ignored'}, {'without': 'seen'}),
], workers=12)
finish()
