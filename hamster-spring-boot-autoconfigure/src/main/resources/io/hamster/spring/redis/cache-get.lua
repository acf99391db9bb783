-- Reads an entry, or creates or joins its key's ticket.
-- KEYS: state, epoch, entry, ticket.  ARGV: epoch, what tells a new ticket from others, its ms, '1' for a ticket in any
-- case.
local value, left
if ARGV[4] == '0' then
  value, left = find(KEYS[3])
  if value and left > grace(value) then
    return {1, value, left}
  end
end
local ticket = redis.pcall('GET', KEYS[4])
if type(ticket) ~= 'string' then
  ticket = string.format('%.0f', clock()) .. ':' .. ARGV[2]
  redis.call('SET', KEYS[4], ticket, 'PX', ARGV[3])
end
if value then
  return {0, ticket, value, left}
end
return {0, ticket}
