-- Removes an entry while a ticket of its key stands, and that.
-- KEYS: state, entry, ticket.  ARGV: epoch, the ticket.
if redis.pcall('GET', KEYS[3]) ~= ARGV[2] then
  return {0}
end
redis.call('UNLINK', KEYS[2], KEYS[3])
return {1}
