#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults of the SIM and of the network: PIN, PUK, a SIM that is pulled, no network, no message centre. The state has a name in `kabar status`; nothing is lost,
and a SIM is never locked by us."""
import time

from libfault import ANI, named
from libkabar import finish, pool, until

SHORT = 'BANTUAN'
QUESTION = '00040D91261852550000F1000062114210000082' + '07' + 'C2A0935A0D3A01'  # the same, from +6281255500001: it lies on the SIM already


def wrong_pin(name):
    """Offered once, whatever happens then: more lives, a restart, the modem pulled out."""
    with named(name)(options=['--pin', 'm1=1234'], start=False, pin='"9999"') as f:
        f.kabar.start(wait=False)
        f.state('[pin_wrong]')
        f.kabar.stop()
        f.kabar.start(wait=False)
        f.now('unplug', arg=300)
        f.state('[pin_wrong]')
        time.sleep(3)
        assert f.modem()['pin_left'] == 2, f.modem()
        assert '9999' not in f.kabar.log() and '1234' not in f.kabar.log()


def right_pin(name):
    with named(name)(options=['--pin', 'm1=1234'], pin='"1234"') as f:
        f.now('unplug', arg=300)
        f.ask(text=SHORT)
        f.answered_once()
        assert f.modem()['pin_left'] == 3, f.modem()


def puk(name):
    """Only a person can help; once that is done it serves."""
    with named(name)(start=False, before=lambda f: f.net.tell(do='fault', modem='m1', name='puk_required'), pin='"1234"') as f:
        f.kabar.start(wait=False)
        f.ask(text=SHORT)
        f.state('[puk]')
        f.well()
        f.now('unplug', arg=300)
        f.answered_once(limit_s=60)


def sim_pulled(name):
    """Out of its holder while it serves, and back."""
    with named(name)() as f:
        f.now('sim_missing')
        f.state('[no_sim]', 60)
        f.well()
        f.began = time.monotonic()
        f.ask(text=SHORT)
        f.answered_once(limit_s=60)


def no_network(name):
    """Lost when the question has come already: the answer waits, without an attempt counted, and leaves once."""
    with named(name)() as f:
        f.at('stored', 'no_network')
        f.ask(text=SHORT)
        f.state('[searching]', 60)
        assert not f.net.inbox(ANI), f.net.inbox(ANI)
        f.well()
        f.began = time.monotonic()
        f.answered_once(limit_s=90)


def denied(name):
    """A network that refuses the SIM from the start: not even tried."""
    with named(name)(start=False, before=lambda f: f.net.tell(do='fault', modem='m1', name='no_network', arg=3)) as f:
        f.kabar.start(wait=False)
        f.net.tell(do='inject', modem='m1', pdu=QUESTION)
        f.state('[denied]', 60)
        until(lambda: f.outbox(), 20, 'the answer waits')
        time.sleep(2)
        assert not f.submits(), f.submits()
        f.well()
        f.began = time.monotonic()
        f.answered_once(limit_s=60)


def no_centre(name):
    """Without a message centre's number nothing can be sent; the words say so."""
    with named(name)(start=False, before=lambda f: f.net.tell(do='set', modem='m1', csca='')) as f:
        f.kabar.start(wait=False)
        f.ask(text=SHORT)
        f.state('[no_smsc]', 60)
        f.net.tell(do='set', modem='m1', csca='+6281100000')
        f.began = time.monotonic()
        f.answered_once(limit_s=60)


pool([
    ('sim: a wrong PIN', wrong_pin, 'wrong_pin', {'without': 'pin_memory'}),
    ('sim: the right PIN', right_pin, 'right_pin'),
    ('sim: the PUK is asked for', puk, 'puk', {'without': 'new_lives'}),
    ('sim: pulled', sim_pulled, 'sim_pulled', {'long': True, 'without': 'new_lives'}),
    ('sim: no network', no_network, 'no_network', {'without': 'transient_codes'}),
    ('sim: refused by the network', denied, 'denied', {'without': 'ready'}),
    ('sim: no message centre', no_centre, 'no_smsc'),
])
finish()
