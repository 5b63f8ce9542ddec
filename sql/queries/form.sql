-- :form_seed
SELECT seed FROM khoacu.form WHERE form_id = $1;

-- :form_texts
-- Position, option, stem and option's text of a sealed form, in canonical order.
SELECT p.position, o.place, v.stem, o.text
  FROM khoacu.form_position p
  JOIN khoacu.item_version v ON v.item_id = p.item_id AND v.version = p.version
 CROSS JOIN LATERAL unnest(v.options) WITH ORDINALITY AS o (text, place)
 WHERE p.form_id = $1
 ORDER BY p.position, o.place;
