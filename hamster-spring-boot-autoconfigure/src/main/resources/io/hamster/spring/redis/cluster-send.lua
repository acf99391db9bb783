-- Publishes a message after the time in ms since 1970 and a space, by which its age is known. How many got it, of those
-- connected to this server.
-- KEYS: any of the cluster's.  ARGV: channel, message.
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
return {tostring(redis.call('PUBLISH', ARGV[1], now .. ' ' .. ARGV[2]))}
