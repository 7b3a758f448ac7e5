-- What people do together.

-- Undo of a send ------------------------------------------------------------------------------------

-- So many seconds a desktop holds this agent's replies before they leave; 0: not at all.
ALTER TABLE agent ADD COLUMN undo_s integer NOT NULL DEFAULT 5 CHECK (undo_s BETWEEN 0 AND 60);
