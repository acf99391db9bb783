-- Renews or ends a ticket that still stands.
-- KEYS: state, entry, ticket.  ARGV: epoch, the ticket, for how many ms it is to stand or '0' to end it.
if redis.pcall('GET', KEYS[3]) ~= ARGV[2] then
  return {0}
end
if ARGV[3] == '0' then
  redis.call('DEL', KEYS[3])
else
  redis.call('PEXPIRE', KEYS[3], ARGV[3])
end
return {1}
