-- Removes an entry while a ticket of its key stands, and that.
-- KEYS: state, epoch, entry, ticket.  ARGV: epoch, the ticket.
if redis.pcall('GET', KEYS[4]) ~= ARGV[2] then
  return {0}
end
redis.call('UNLINK', KEYS[3], KEYS[4])
return {1}
