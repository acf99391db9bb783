-- Ends a lease and tells everybody, so that the next leader needn't wait. '1', or '0' if it isn't the lease of this term.
-- KEYS: lease, terms.  ARGV: token, term, channel.
local held = redis.call('HMGET', KEYS[1], 'token', 'term')
if held[1] ~= ARGV[1] or held[2] ~= ARGV[2] then
  return {'0'}
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[2], 'released', ARGV[2])
redis.pcall('PUBLISH', ARGV[3], 'leader')
return {'1'}
