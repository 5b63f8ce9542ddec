-- Lays out a gigabyte of the write-ahead log before it is needed. PostgreSQL fills each new segment of 16 MB with zeros while those who
-- commit wait, some 50 ms here and nearly a second on a slow disk; a segment that was in use before is only given another name. Run by an
-- administrator of the cluster with min_wal_size = 1GB or more (the embedded cluster does it by itself when it is made), and not during an
-- examination: it takes some seconds. May be run again.
DO $$
BEGIN
  FOR i IN 1 .. 64 LOOP
    PERFORM pg_logical_emit_message(false, 'khoacu', ''), pg_switch_wal();
  END LOOP;
END
$$;
CHECKPOINT;
