-- What another process has announced under a name and listens: the announcement, or nothing. On a cluster a listener that
-- is connected elsewhere isn't found.
-- KEYS: announcements.  ARGV: name, token of who asks, what the channels of processes begin with.
local announcement = redis.call('HGET', KEYS[1], ARGV[1])
local token = announcement and string.match(announcement, '^%d+ (%S+) ')
if not token or token == ARGV[2] then
  return {}
end
local listeners = redis.pcall('PUBSUB', 'NUMSUB', ARGV[3] .. token)
if listeners.err or tonumber(listeners[2]) == 0 then
  return {}
end
return {announcement}
