#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Information rows as officers see them: what falls due for review, what is not valid yet, and that a draft somebody asks for is told. Prints TAP."""
import datetime
import json
import sqlite3
import zoneinfo

from libkabar import Gateway, Network, finish, test, until

A, OURS = '+6281255500001', '+6281100000001'


def day(n):
    """The date in n days, where the gateway stands."""
    return str(datetime.datetime.now(zoneinfo.ZoneInfo('Asia/Makassar')).date() + datetime.timedelta(days=n))


def approve(gateway, topic, review_by):
    gateway.cli('info', 'approve', topic, '--by', 'Dinas Uji', '--review-by', review_by)


def reviewed(gateway, *words, code=1):
    """What falls due as (topic, part, state, days), and the topics of the drafts behind it."""
    rows = json.loads(gateway.cli('info', 'review', *words, '--json', code=code))
    due = [(r['topic'], r['part'], r['state'], r['in days']) for r in rows if r['state'] != 'draft']
    assert [r['state'] == 'draft' for r in rows] == [False] * len(due) + [True] * (len(rows) - len(due)), 'drafts stand apart'
    return due, [r['topic'] for r in rows if r['state'] == 'draft']


def review():
    with Network() as net, Gateway(net, gateway='dinas = "Dinas Uji";') as gateway:
        due, drafts = reviewed(gateway, code=0)
        assert not due and len(drafts) == len(json.loads(gateway.cli('info', 'list', '--json'))) > 30, (due, drafts)
        for topic, review_by in (('VISA', day(31)), ('TAHAP', day(3)), ('BIAYA', day(0)), ('CALO', day(3)), ('GAJI', day(30))):
            approve(gateway, topic, review_by)
        soon = [('BIAYA', 1, 'approved', 0), ('CALO', 1, 'approved', 3), ('TAHAP', 1, 'approved', 3), ('TAHAP', 2, 'approved', 3)]
        due, drafts = reviewed(gateway)
        assert due == soon + [('GAJI', 1, 'approved', 30)], due
        assert 'DOKUMEN' in drafts and not {'VISA', 'TAHAP', 'GAJI'} & set(drafts), drafts
        assert reviewed(gateway, '--days', '29')[0] == soon
        assert reviewed(gateway, '--days', '0')[0] == soon[:1]
        assert reviewed(gateway, '--days', '31')[0][-1] == ('VISA', 1, 'approved', 31)
        with sqlite3.connect(gateway.store, timeout=10) as db:
            db.execute("update info set review_by = ? where topic = 'CALO'", (day(-1),))
        db.close()
        assert reviewed(gateway, '--days', '0')[0] == [('CALO', 1, 'out of date', -1), ('BIAYA', 1, 'approved', 0)]
        told, apart = gateway.cli('info', 'review', '--days', '3', code=1).split('\nDrafts:\n')
        assert told.index('CALO') < told.index('BIAYA') < told.index('TAHAP') and 'DOKUMEN' not in told and 'DOKUMEN' in apart, told
        for words in (('--days', 'x'), ('--days', '-1'), ('--days', ''), ('--days', '3661'), ('all',)):
            gateway.cli('info', 'review', *words, code=2)


def not_yet():
    """A row may be approved before its time: until then it is held, and the list says why."""
    with Network() as net, Gateway(net, gateway='dinas = "Dinas Uji";') as gateway:
        for topic, valid_from in (('UJI BESOK', day(1)), ('UJI KINI', day(0))):
            gateway.cli('info', 'add', topic, '--text', f'Teks {topic}.', '--valid-from', valid_from)
            approve(gateway, topic, '2090-01-01')
        rows = {r['topic']: r for r in json.loads(gateway.cli('info', 'list', '--json'))}
        assert (rows['UJI BESOK']['state'], rows['UJI BESOK']['valid from']) == ('not yet', day(1)), rows['UJI BESOK']
        assert (rows['UJI KINI']['state'], rows['UJI KINI']['valid from']) == ('approved', day(0)), rows['UJI KINI']
        assert day(1) in gateway.cli('info', 'show', 'UJI BESOK')
        assert 'sedang diperiksa' in net.ask(A, OURS, 'INFO UJI BESOK')
        assert net.ask(A, OURS, 'INFO UJI KINI') == 'Teks UJI KINI.'


def asked():
    """A draft is no alarm; one that people ask for is, until it is approved."""
    def alarms():
        return [(r['about'], r['type']) for r in json.loads(gateway.cli('alarm', '--json')) if r['alarm'] == 'info_asked']

    with Network() as net, Gateway(net, 'alarms: { look = "1s"; };', gateway='dinas = "Dinas Uji";') as gateway:
        approve(gateway, 'GAJI', '2090-01-01')
        assert 'Gaji' in net.ask(A, OURS, 'INFO GAJI') and alarms() == []
        assert 'sedang diperiksa' in net.ask(A, OURS, 'INFO DOKUMEN')
        assert 'sedang dicek ulang' in net.ask(A, OURS, 'KONTAK HK')
        assert sorted(alarms()) == [('DOKUMEN', 'kabar info review'), ('KONTAK HONGKONG', 'kabar info review')], alarms()
        approve(gateway, 'DOKUMEN', '2090-01-01')
        until(lambda: [about for about, _ in alarms()] == ['KONTAK HONGKONG'], 10, 'what is approved is an alarm no more')


test('what falls due for review, in order, drafts apart', review)
test('what is approved before its time', not_yet)
test('a draft that people ask for is an alarm', asked)
finish()
