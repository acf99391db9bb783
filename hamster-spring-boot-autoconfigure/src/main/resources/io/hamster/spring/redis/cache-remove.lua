-- Removes entries with their tickets; answers how many there were, or 1 and the first one if it is wanted.
-- KEYS: state, epoch, entry, ticket, entry, ticket, ...  ARGV: epoch, '1' if the entry is wanted.
local count = 0
for i = 3, #KEYS, 2 do
  local value, left = find(KEYS[i])
  redis.call('UNLINK', KEYS[i], KEYS[i + 1])
  if value and left > grace(value) then
    count = count + 1
    if ARGV[2] == '1' then
      return {1, value, left}
    end
  end
end
return {count}
