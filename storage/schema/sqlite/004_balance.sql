-- SPDX-License-Identifier: GPL-2.0-or-later
-- What is left on the SIM of a modem, as a USSD code of its operator tells it.

ALTER TABLE link ADD COLUMN balance INTEGER;                             -- rupiah as of balance_ms, NULL unknown
ALTER TABLE link ADD COLUMN balance_ms INTEGER NOT NULL DEFAULT 0;       -- 0 never
ALTER TABLE link ADD COLUMN balance_asked_ms INTEGER NOT NULL DEFAULT 0; -- the last time; later than balance_ms: in vain
ALTER TABLE link ADD COLUMN balance_words TEXT NOT NULL DEFAULT '';      -- the last answer, or why there was none; long numbers masked
