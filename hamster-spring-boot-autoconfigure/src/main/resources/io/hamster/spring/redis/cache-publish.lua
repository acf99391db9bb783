-- Keeps a loaded entry while its ticket stands.
-- KEYS: state, epoch, entry, ticket.  ARGV: epoch, the ticket, the entry without its stamp, its ms.
if redis.pcall('GET', KEYS[4]) ~= ARGV[2] then
  return {0}
end
redis.call('DEL', KEYS[4])
local value = struct.pack('>i8', tonumber(string.match(ARGV[2], '^%d+'))) .. ARGV[3]
if touched(value) then
  return {0}
end
redis.call('SET', KEYS[3], value, 'PX', ARGV[4])
return {1}
