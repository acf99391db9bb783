-- Renews or ends a ticket that still stands.
-- KEYS: state, epoch, entry, ticket.  ARGV: epoch, the ticket, for how many ms it is to stand or '0' to end it.
if redis.pcall('GET', KEYS[4]) ~= ARGV[2] then
  return {0}
end
if ARGV[3] == '0' then
  redis.call('DEL', KEYS[4])
else
  redis.call('PEXPIRE', KEYS[4], ARGV[3])
end
return {1}
