-- Small functions that statements of several modules use.

-- A text for comparison without case and diacritics: «Nguyễn Đức» and «nguyen duc» are the same.
CREATE OR REPLACE FUNCTION khoacu.fold(p_text text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT replace(regexp_replace(normalize(lower(p_text), NFD), '[\u0300-\u036f]', '', 'g'), 'đ', 'd')
$$;
COMMENT ON FUNCTION khoacu.fold(text) IS 'Lower case without diacritics, for searches';

-- An id and a time as the interface writes them.
CREATE OR REPLACE FUNCTION khoacu.id_text(p_id bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT lpad(to_hex(p_id), 16, '0')
$$;
COMMENT ON FUNCTION khoacu.id_text(bigint) IS '16 hexadecimal digits';
CREATE OR REPLACE FUNCTION khoacu.time_text(p_time timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT to_char(p_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;
COMMENT ON FUNCTION khoacu.time_text(timestamptz) IS 'RFC 3339 in UTC with milliseconds';
