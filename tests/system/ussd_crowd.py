#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Many phones dial at a time: their sessions never mix, whatever order their steps come in; and the gateway is killed between the screens (tests/torture/ussd.py)."""
import concurrent.futures
import os
import random
import sys

from libkabar import TOP, finish, test
from libussd import Citizen, Handset, Words, free_port

sys.path.insert(0, os.path.join(TOP, 'tests/torture'))
import ussd  # noqa: E402

PHONES, WORKERS, KILLS = 200, 20, 15
WORDS = Words()


def never_mix():
    """All are open at a time: each step is made by everybody, in another order, before anybody makes the next one."""
    chance, port = random.Random(1), free_port()
    with ussd.Nowhere() as folder, folder.gateway(port) as kabar:
        citizens = [Citizen(n) for n in range(PHONES)]
        sets = [Handset(port, c.number) for c in citizens]
        everybody = list(zip(citizens, sets))
        steps = [('M0', None), ('D1', '1'), ('D2', 'D1'), ('D3', 'D2'), ('D4', 'D3'), ('D5', 'D4'), ('D6', 'D5'), ('D7', 'D6')]

        def step(who, screen, of):
            c, phone = who
            shown = phone.dial() if of is None else phone.type(c.answers().get(of, of))
            WORDS.expect(screen, shown.text, **(c.said if screen == 'D6' else {}))

        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            for screen, of in steps:
                chance.shuffle(everybody)
                list(pool.map(lambda who: step(who, screen, of), everybody))
        for c, phone in everybody:
            c.check_stored(kabar)
            phone.close()
        assert kabar.sql('select count(*) from person') == [(PHONES,)]
        assert kabar.sql('select count(*) from dead_letter') == [(0,)]


def kills():
    faults, counts = ussd.torture(KILLS, 20, 1)
    print(f'# {dict(counts)}')
    assert not faults, faults[:5]
    assert counts['repeated'], 'no kill met a request'


test(f'{PHONES} sessions in parallel never mix', never_mix)
test(f'{KILLS} kills between the screens: every person once, no step twice', kills)
finish()
