-- Says who leads. Renews the lease of a process that does, or makes it the leader if nobody is and it may be.
-- Answers with what was found ('granted', 'kept', 'held'; 'free': the lease is gone; 'forgotten': and so is a term that
-- the process knows of; 'released': nobody can believe to have it), the term, token and node of the holder, ms left.
-- The lease is a hash that expires: token, node, term. The terms are a hash that never does: the last one, and the last
-- one released. Whoever knows of a higher term raises the last one, and the holder then takes a new one: after Redis has
-- lost some, terms still don't go back.
-- KEYS: lease, terms.  ARGV: token, node, lease in ms, highest term known, channel; what to do: 'look', 'renew',
-- 'inherit' (lead if released), 'acquire' (lead if released or gone), 'insist' (also if forgotten).
local function digits(number)
  return string.format('%.0f', number)
end
local terms = redis.call('HMGET', KEYS[2], 'last', 'released')
local stored, known = tonumber(terms[1]) or 0, tonumber(ARGV[4])
local last = math.max(stored, known)
local held = redis.call('HMGET', KEYS[1], 'token', 'node', 'term')
local wanted = ARGV[6]

local function grant()
  local term = digits(last + 1)
  redis.call('HSET', KEYS[2], 'last', term)
  redis.call('HSET', KEYS[1], 'token', ARGV[1], 'node', ARGV[2], 'term', term)
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  redis.pcall('PUBLISH', ARGV[5], 'leader')
  return {'granted', term, ARGV[1], ARGV[2], ARGV[3]}
end

if held[1] then
  if held[1] == ARGV[1] and wanted == 'renew' then
    if tonumber(held[3]) < last then
      return grant()
    end
    redis.call('PEXPIRE', KEYS[1], ARGV[3])
    return {'kept', held[3], ARGV[1], ARGV[2], ARGV[3]}
  end
  if last > stored then
    redis.call('HSET', KEYS[2], 'last', digits(last))
    redis.pcall('PUBLISH', ARGV[5], 'leader')
  end
  local left = redis.call('PTTL', KEYS[1])
  if left < 0 then
    -- Somebody made it permanent.
    redis.call('PEXPIRE', KEYS[1], ARGV[3])
    left = tonumber(ARGV[3])
  end
  return {'held', held[3], held[1], held[2], digits(left)}
end
local found = 'free'
if stored < known then
  -- What is gone may have been renewed long after it was seen last.
  found = 'forgotten'
elseif last == 0 or tonumber(terms[2]) == last then
  found = 'released'
end
local takes = wanted == 'insist' or (wanted == 'acquire' and found ~= 'forgotten')
if takes or (wanted == 'inherit' and found == 'released') then
  return grant()
end
return {found, digits(last), '', '', '0'}
