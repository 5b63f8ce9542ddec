-- Each save looks its sitting up. Since the paper was opened there are two entries with its key, of which one is dead for good; in a list of duplicates it could not be
-- marked as dead alone, and every save would find it again, read the old row and try to mark it once more.
ALTER INDEX khoacu.sitting_pkey SET (deduplicate_items = off);
