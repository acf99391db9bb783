-- Reads records, with why those were given up that were, and names the keys that are left to be read.
-- KEYS: records, reasons.  ARGV: the most records to read, then their keys, or none for all that there are.
local wanted = {}
if ARGV[2] then
  for i = 2, #ARGV do
    wanted[i - 1] = ARGV[i]
  end
else
  wanted = redis.call('HKEYS', KEYS[1])
end
local records = {}
local reasons = {}
local left = {}
local most = tonumber(ARGV[1])
for i, key in ipairs(wanted) do
  if i > most then
    left[#left + 1] = key
  else
    local record = redis.call('HGET', KEYS[1], key)
    if record then
      records[#records + 1] = key
      records[#records + 1] = record
      local reason = redis.call('HGET', KEYS[2], key)
      if reason then
        reasons[#reasons + 1] = key
        reasons[#reasons + 1] = reason
      end
    end
  end
end
return {records, reasons, left}
