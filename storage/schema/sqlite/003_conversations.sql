-- SPDX-License-Identifier: GPL-2.0-or-later
-- Sessions of USSD gateways. session.steps may end a step in `u` (by USSD) and `!` (the answer was refused): 'D3@8123u!'.

CREATE TABLE ussd (                        -- one row a session of a USSD gateway, until an hour after its end: a repeated request gets the same answer
	link TEXT NOT NULL,
	session TEXT NOT NULL,                 -- the gateway's id of it
	gateway TEXT NOT NULL,
	peer TEXT NOT NULL,
	began_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
	ends_ms INTEGER,                       -- when it is over unless something comes; NULL: it is over
	taken_n INTEGER NOT NULL DEFAULT 0,    -- bytes of all that was typed, where the gateway tells it anew each time; and their keyed hash
	taken_hash BLOB,
	steps INTEGER NOT NULL DEFAULT 0,      -- answers taken
	asked_ms INTEGER NOT NULL DEFAULT 0,   -- conversation.asked_ms when its screen was shown: later, another bearer went on
	answer_sealed BLOB,                    -- the whole text last answered, all pages
	page INTEGER NOT NULL DEFAULT 0,
	about TEXT NOT NULL DEFAULT '',        -- 'question', 'text' (over an open question), 'last' (nothing is open)
	owed INTEGER NOT NULL DEFAULT 0,       -- 1: a last text that nobody said was shown
	ended TEXT NOT NULL DEFAULT '',        -- 'done', 'aborted', 'timeout', 'replaced', 'late'; '' open
	PRIMARY KEY (link, session)
) STRICT, WITHOUT ROWID;
CREATE INDEX ussd_open ON ussd (ends_ms) WHERE ends_ms IS NOT NULL;
CREATE INDEX ussd_of_peer ON ussd (peer) WHERE ends_ms IS NOT NULL;
CREATE INDEX ussd_over ON ussd (last_ms) WHERE ends_ms IS NULL;

-- A number that was silent for half a year may have a new owner: when its present use began, 0 once a code was shown since.
ALTER TABLE conversation ADD COLUMN spell_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN tree TEXT NOT NULL DEFAULT ''; -- hash of the menus that the open question belongs to
