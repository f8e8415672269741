#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Recorded requests of a USSD gateway get the recorded transitions (`make bench` gives the same requests to another program), and many sessions at once: each step is in the store,
none meets another's. Figures are printed, and nothing is asserted of them."""
from libkabar import finish, test
from libpeer import Client, Load, Network, free_port, recorded, ussd_gateway

SESSIONS = 200


def transitions():
    """A repeated request, a number that is not on the screen, straight dialling and a registration among them."""
    port = free_port()
    with Network() as net, ussd_gateway(net, port):
        for was, came in zip(recorded(), Client(port).replay(), strict=True):
            assert came == was, f'{came} is not as recorded: {was}'


def told(figures):
    print('# {order}: {steps} steps, {per_s}/s, p50 {p50_ms} ms, p99 {p99_ms} ms, max {max_ms} ms'.format(**figures), flush=True)
    assert figures['wrong'] == 0 and figures['broken'] == 0, figures
    return figures['steps']


def load():
    """200 sessions at once: half of them register, each reads its own name and no other's in the last question, and the store has it."""
    port = free_port()
    with Network() as net, ussd_gateway(net, port) as kabar, Load(port, 32) as gateway:
        steps = told(gateway.order('open', SESSIONS)) + told(gateway.order('pace', 100, 3))
        last = gateway.order('finish')
        steps += told(last)
        assert last['own_names'] == SESSIONS / 2 and last['end'] == SESSIONS / 2, last
        stored = kabar.sql('select count(*) + sum(steps) from ussd')[0][0]
        assert stored == steps, f'{steps} steps were answered, {stored} are in the store'
        persons = kabar.sql('select count(*) from person')[0][0]
        assert persons == SESSIONS / 2, f'{persons} persons'


test('recorded requests of a USSD gateway get the recorded screens', transitions)
test('200 sessions at once: no step is lost, each reads its own name', load)
finish()
