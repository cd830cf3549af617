-- Since when a name has been its customer's, and when they gave it up, by WhatsApp's clock. It is a former name while
-- ended_ms is not before since_ms.
ALTER TABLE contact_identities ADD COLUMN since_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE contact_identities ADD COLUMN ended_ms BIGINT NOT NULL DEFAULT 0;
CREATE INDEX contact_identities_of ON contact_identities (contact_id, account_id);

-- Whom the team takes the customer for: the contact itself, until somebody says that it and another are one person.
ALTER TABLE conversations ADD COLUMN user_id BIGINT NOT NULL DEFAULT 0;
-- The conversation_id of the one in which a customer's thread goes on, where two of one channel turned out to be one.
ALTER TABLE conversations ADD COLUMN continued_in TEXT;
UPDATE conversations SET user_id = contact_id;
DROP INDEX conversations_of_contact;
CREATE INDEX conversations_of_contact ON conversations (contact_id, account_id, channel_id);
CREATE UNIQUE INDEX conversations_open ON conversations (contact_id, account_id, channel_id) WHERE continued_in IS NULL;
CREATE INDEX conversations_of_user ON conversations (user_id, account_id);

-- Contacts that turned out to be one, and what it takes to undo that.
CREATE TABLE contact_merges (
  account_id BIGINT NOT NULL,
  merge_id BIGINT NOT NULL, -- the sequence of the first event that told of it
  contact_id BIGINT NOT NULL,
  other_contact_id BIGINT NOT NULL, -- if WhatsApp said it, the one that has no names left
  told_by TEXT NOT NULL, -- whatsapp or operator
  operator_id BIGINT,
  identities TEXT NOT NULL, -- JSON: [kind, value] of every name that went over
  conversations TEXT NOT NULL, -- JSON: what store/merges.py notes of every conversation that went over
  merged_ms BIGINT NOT NULL,
  undone_ms BIGINT,
  undone_by BIGINT,
  PRIMARY KEY (account_id, merge_id)
);
CREATE INDEX contact_merges_of ON contact_merges (contact_id, account_id);
CREATE INDEX contact_merges_of_other ON contact_merges (other_contact_id, account_id);
