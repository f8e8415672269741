#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every FAULT point is passed once while people write: killed there, or failing there. Afterwards each question is answered, none twice unless a submit
was UNKNOWN, the SIM is empty and the store holds its invariants."""
import concurrent.futures
import os
import re
import time

from libkabar import TOP, Gateway, Network, finish, test, until

OURS = '+6281100000001'
PEOPLE = [f'+628125550000{i}' for i in range(1, 5)]
TEXTS = ['INFO DOKUMEN', 'JADWAL 1203', 'BANTUAN', 'halo semua apa kabar']
CHILD = ('submit_', 'delete_')
# Which passing: the store must have been opened, a gateway whose store fails at its start ends with a clear line.
NTH = {'db_step': 300, 'db_begin': 8, 'db_commit': 8}


def points():
    with open(f'{TOP}/gateway/base/fault.h', encoding='utf-8') as f:
        return re.findall(r'^\tX\((\w+),', f.read(), re.M)


def ask_all(net):
    for person, text in zip(PEOPLE, TEXTS):
        net.send(person, OURS, text)


def answered(net):
    return {p: len(net.inbox(p)) for p in PEOPLE}


def passed(net):
    """The once-file says that the armed point was reached."""
    return os.path.exists(f'{net.dir}/fired')


def walk(point, action):
    with Network() as net:
        gateway = Gateway(net, gateway='demo = true; unknown_retry = "2s";')
        gateway.start(environment={'KABAR_FAULT': f'{point}:{NTH.get(point, 1)}:{action}:{net.dir}/fired'}, wait=False)
        try:
            ask_all(net)
            until(lambda: passed(net), 40, f'{point} is passed')
            time.sleep(0.2)
            daemon_dies = action == 'kill' and not point.startswith(CHILD)
            if daemon_dies:
                assert gateway.process.wait(10) == -9
                gateway.start()
            dead = 1 if (point, action) == ('engine_event', 'error') else 0
            until(lambda: sum(map(bool, answered(net).values())) >= len(PEOPLE) - dead, 90, f'all are answered: {answered(net)} {gateway.log()}')
            until(lambda: gateway.sql('select count(*) from dead_letter') == [(dead,)], 5, f'{dead} dead letters')
            until(lambda: net.modem('m1')['sim_used'] == 0, 70, 'an empty SIM')
            unknown = gateway.sql("select count(*) from outbox where why like '%again%' or state = 'UNKNOWN'")[0][0]
            twice = sum(n - 1 for n in answered(net).values() if n > 1)
            assert twice <= max(unknown, 1 if action == 'kill' and point == 'submit_after_ctrl_z' else 0), answered(net)
        finally:
            code = gateway.stop()
        assert code == 0, gateway.log()
        gateway.check_store()


walks = [(name, 'kill') for name in points()] + [(name, 'error') for name in points() if name.startswith(('db_', 'engine_event'))]
with concurrent.futures.ThreadPoolExecutor(4) as pool:  # they mostly wait
    list(pool.map(lambda w: test(f'fault {w[0]}: {w[1]}', walk, *w), walks))
finish()
