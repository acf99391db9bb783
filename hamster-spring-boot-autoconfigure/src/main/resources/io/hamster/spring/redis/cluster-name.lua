-- What another process has announced under a name and listens: the announcement, or nothing. One that has ended is nothing,
-- also while its process seems to listen: Redis misses a host that was lost only after minutes. On a cluster a listener
-- that is connected elsewhere isn't found.
-- KEYS: announcements.  ARGV: name, token of who asks, what the channels of processes begin with.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local announcement = redis.call('HGET', KEYS[1], ARGV[1])
local ended, token = string.match(announcement or '', '^(%d+) (%S+) ')
if not token or token == ARGV[2] or tonumber(ended) <= now then
  return {}
end
local listeners = redis.pcall('PUBSUB', 'NUMSUB', ARGV[3] .. token)
if listeners.err or tonumber(listeners[2]) == 0 then
  return {}
end
return {announcement}
