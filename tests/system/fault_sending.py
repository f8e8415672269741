#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults of sending: answers of the network that get lost, refusals of each class, reports that come early, late, twice, never or for another. What is asked
for arrives once, and what became of it is told."""
import time

from libfault import ANI, BUDI, named
from libkabar import finish, pool, until

SHORT = 'BANTUAN'  # its answer is one SMS
LONG = 'INFO DOKUMEN'  # two
MANY = [f'+628125555000{i}' for i in range(8)]
RETRY = 'unknown_retry = "2s"; retry_after = "1s";'


def states(f, *want, peer=ANI, limit_s=30):
    until(lambda: [s for s, _ in f.outbox(peer)] == list(want), limit_s, lambda: f'{want}: {f.outbox(peer)} {f.kabar.sql("select * from submit")}')


def no_copy(f):
    assert not any(s['duplicate_of'] for s in f.submits()), f.submits()


def answer_lost_taken(name):
    """+CMGS never comes, but the network has it: the report tells so before it would be sent again."""
    with named(name)(gateway='unknown_retry = "60s";') as f:
        f.now('lost_cmgs_accepted')
        f.ask(text=SHORT)
        f.answered_once()
        states(f, 'DELIVERED')
        no_copy(f)


def answer_lost_refused(name):
    """+CMGS never comes, and the network has nothing: once more."""
    with named(name)() as f:
        f.now('lost_cmgs_refused')
        f.ask(text=SHORT)
        f.answered_once(limit_s=60)
        states(f, 'DELIVERED')


def no_reference(name):
    """OK without +CMGS is no success: the report tells what became of it."""
    with named(name)(gateway='unknown_retry = "60s";') as f:
        f.now('no_reference')
        f.ask(text=SHORT)
        states(f, 'DELIVERED')
        assert f.kabar.sql("select count(*) from submit where state = 'UNKNOWN' or net_ref = ''") == [(0,)], f.kabar.sql('select * from submit')
        f.answered_once()
        no_copy(f)


def permanent(name, codes):
    """What the network will never take is FAILED, and tried once."""
    with named(name)(gateway=RETRY) as f:
        for code, person in zip(codes, MANY):
            f.now('cms_error', arg=code)
            f.ask(person, SHORT)
            states(f, 'FAILED', peer=person)
        time.sleep(2)
        assert [s['cms'] for s in f.submits()] == codes, f.submits()
        assert not any(f.net.inbox(p) for p in MANY)


def transient(name, codes):
    """What the network does not take now is sent a moment later; a link that cannot send rests meanwhile, and says so."""
    with named(name)(gateway=RETRY) as f:
        for code, person in zip(codes, MANY):
            f.now('cms_error', arg=code)
            f.ask(person, SHORT)
            f.answered_once(person)
            states(f, 'DELIVERED', peer=person)
        assert [s['cms'] for s in f.submits()] == [n for code in codes for n in (code, 0)], f.submits()


def of_the_link(name, code, condition):
    """What the link is to blame for has a name and does not count as an attempt: the message waits while the link rests."""
    with named(name)(gateway=RETRY) as f:
        f.now('cms_error', arg=code)
        f.ask(text=SHORT)
        f.state(condition)
        time.sleep(2)
        states(f, 'QUEUED')
        assert [s['cms'] for s in f.submits()] == [code], f.submits()
        assert f.kabar.sql('select count(*) from submit') == [(0,)], f.kabar.sql('select * from submit')


def report_early(name):
    """The report is there before +CMGS: it waits for it."""
    with named(name)(start=False, before=lambda f: f.net.tell(do='fault', modem='m1', name='no_cdsi')) as f:
        f.kabar.start()
        f.now('report', arg='early')
        f.ask(text=SHORT)
        f.answered_once()
        states(f, 'DELIVERED', limit_s=5)


def report_never(name):
    """Without a report it stays SENT. When +CMGS was not seen either it is sent once more, never a third time, and listed as UNKNOWN."""
    with named(name)(gateway='unknown_retry = "1s";') as f:
        f.now('report', arg='never')
        f.ask(text=SHORT)
        f.answered_once()
        states(f, 'SENT')
        no_copy(f)
        f.script({'at': 'accepted', 'do': 'unplug', 'arg': 300}, {'at': 'accepted', 'do': 'unplug', 'arg': 300})
        f.ask(BUDI, SHORT)
        f.happened()
        states(f, 'UNKNOWN', peer=BUDI)
        f.up()
        time.sleep(4)
        states(f, 'UNKNOWN', peer=BUDI)
        assert len(f.net.inbox(BUDI)) == 2 and ' 0 unknown' not in f.state('unknown'), f.state('unknown')
        states(f, 'SENT')


def report_twice(name):
    """The second report comes while the next message to the same number is in doubt, for which it does not stand."""
    with named(name)(gateway='unknown_retry = "7s";') as f:
        f.net.tell(do='set', modem='m1', report_again_ms=3500)
        f.net.tell(do='fault', modem='m1', name='report', arg='twice')
        f.ask(text=SHORT)
        states(f, 'DELIVERED')
        f.net.tell(do='set', modem='m1', report='ok')
        f.at('ctrl_z', 'unplug', arg=300)
        f.ask(text='BP2MI')
        f.happened()
        f.net.wait_for(ANI, 2)
        states(f, 'DELIVERED', 'DELIVERED')


def report_stale(name):
    """Two reports of one message; when its reference comes round, the second does not stand for the new one."""
    with named(name)() as f:
        f.net.tell(do='fault', modem='m1', name='report', arg='twice')
        f.ask(text=SHORT)
        states(f, 'DELIVERED')
        f.at_rest()
        f.net.tell(do='set', modem='m1', report='never', mr=0)
        f.ask(text='BP2MI')
        f.net.wait_for(ANI, 2)
        states(f, 'DELIVERED', 'SENT', limit_s=5)


def report_foreign(name):
    """A report with the same reference, of another number, that failed: it is not ours."""
    with named(name)() as f:
        f.now('foreign_report')
        f.ask(text=SHORT)
        f.answered_once()
        states(f, 'DELIVERED', limit_s=5)


def part_lost(name):
    """The second part of a long answer is lost: it alone is sent again, with its old reference, and the phone joins them."""
    with named(name)() as f:
        f.at('sent', 'lost_cmgs_refused')
        f.ask(text=LONG)
        f.answered_once(limit_s=60)
        sent = [(s['part'], s['ref']) for s in f.submits()]
        assert [part for part, _ in sent] == [1, 2] and len({ref for _, ref in sent}) == 1, sent


pool([
    ('sending: +CMGS is lost, the network has it', answer_lost_taken, 'lost_cmgs_accepted', {'without': 'report_late'}),
    ('sending: +CMGS is lost, the network has it not', answer_lost_refused, 'lost_cmgs_refused', {'without': 'submit_deadline,job_deadline'}),
    ('sending: OK without +CMGS', no_reference, 'no_reference', {'without': 'false_success'}),
    ('sending: +CMS ERROR of the message', permanent, 'cms_permanent', [1, 8, 28, 304], {'without': 'permanent_codes'}),
    ('sending: +CMS ERROR of the moment', transient, 'cms_transient', [41, 42, 332, 500], {'without': 'transient_codes'}),
    ('sending: +CMS ERROR of the link, no network', of_the_link, 'cms_331', 331, '[no_network]', {'without': 'transient_codes'}),
    ('sending: +CMS ERROR of the link, no message centre', of_the_link, 'cms_330', 330, '[no_smsc]', {'without': 'transient_codes'}),
    ('sending: +CMS ERROR of the link, no SIM', of_the_link, 'cms_310', 310, '[no_sim]', {'without': 'transient_codes'}),
    ('sending: a report before +CMGS', report_early, 'report_early', {'without': 'report_early'}),
    ('sending: a report that never comes', report_never, 'report_never', {'without': 'unknown_policy'}),
    ('sending: a report that comes twice', report_twice, 'report_twice', {'without': 'report_twice'}),
    ('sending: a report that comes twice, and its reference again', report_stale, 'report_stale', {'without': 'report_twice'}),
    ('sending: a report of another message', report_foreign, 'foreign_report', {'without': 'report_number'}),
    ('sending: a part of a long answer is lost', part_lost, 'part_lost', {'without': 'reply_again'}),
], workers=16)
finish()
