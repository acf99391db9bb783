-- Keeps an entry, or answers 0 and the value that is there.
-- KEYS: state, epoch, entry, ticket.  ARGV: epoch, the entry without its stamp, its ms, '1' to keep a value that is there,
-- SHA-1 of one that can't be read or ''.
if ARGV[4] == '1' then
  local value, left = find(KEYS[3])
  local remembersAbsence = value and #value >= 20 and string.byte(value, 10) % 2 == 1
  if value and left > grace(value) and not remembersAbsence and redis.sha1hex(value) ~= ARGV[5] then
    return {0, value, left}
  end
end
redis.call('SET', KEYS[3], struct.pack('>i8', clock()) .. ARGV[2], 'PX', ARGV[3])
redis.call('DEL', KEYS[4])
return {1}
