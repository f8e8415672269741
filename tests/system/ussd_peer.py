#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Recorded requests of a USSD gateway get the recorded transitions (`make bench` gives the same requests to another program), and many sessions at once: each step is in the store,
none meets another's. Figures are printed, and nothing is asserted of them."""
from libkabar import finish, test
from libpeer import Client, Load, Network, free_port, recorded, ussd_gateway

SESSIONS = 400  # every other one registers


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
    """400 sessions at once: each of those that register reads its own name in the last question, and the store has it with its number."""
    port = free_port()
    with Network() as net, ussd_gateway(net, port) as kabar, Load(port, 32) as gateway:
        steps = told(gateway.order('open', SESSIONS)) + told(gateway.order('pace', 100, 3))
        last = gateway.order('finish')
        steps += told(last)
        assert last['own_names'] == SESSIONS / 2 and last['end'] == SESSIONS / 2, last
        stored = kabar.sql('select count(*) + sum(steps) from ussd')[0][0]
        assert stored == steps, f'{steps} steps were answered, {stored} are in the store'
        registered = dict(kabar.sql('select peer, upper(name) from number join person on person.id = person order by peer'))
        typed = {f'+62812{life:08d}': Load.name(life) for life in range(0, SESSIONS, 2)}
        assert registered == typed, f'kept as {set(registered.items()) - set(typed.items())}, typed as {set(typed.items()) - set(registered.items())}'


test('recorded requests of a USSD gateway get the recorded screens', transitions)
test(f'{SESSIONS} sessions at once: no step is lost, each reads and keeps its own name', load)
finish()
