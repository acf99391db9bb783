-- What every script on a bucket of a cache begins with.
-- The bucket's epoch is a part of the names of its entries and tickets, in a key of its own so that one command reads it
-- with an entry. Its state is a hash: 'epoch', the one it belongs to; 'clock', counted up by each invalidation of tags; and
-- for each stripe of tags what the clock showed after its last one.
-- An entry is 8 bytes of what the clock showed when its value was loaded or put, then what EntryFormat writes.
-- A ticket is what the clock showed at its creation, a colon, and what tells it from others.
-- KEYS: state, epoch, ...  ARGV: the epoch that the caller has in its names, ...  Answers -1 and the epoch if that is
-- another.
local state = KEYS[1]
local known = tonumber(ARGV[1])

local function micros()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

local function begin(epoch)
  -- Lua would write a number of this size with 14 digits only.
  local digits = string.format('%.0f', epoch)
  redis.call('DEL', state)
  redis.call('HSET', state, 'epoch', digits, 'clock', 0)
  redis.call('SET', KEYS[2], digits)
end

local function clock()
  return tonumber(redis.call('HGET', state, 'clock') or 0) or 0
end

local function touched(value)
  if #value < 20 then
    return false
  end
  local stamp = struct.unpack('>i8', value)
  local tags = struct.unpack('>H', value, 19)
  for i = 1, math.min(tags, math.floor((#value - 20) / 2)) do
    local last = redis.call('HGET', state, (struct.unpack('>H', value, 19 + 2 * i)))
    if last and tonumber(last) > stamp then
      return true
    end
  end
  return false
end

-- An entry and for how many ms it is kept, unless one of its tags was invalidated since.
local function find(name)
  local value = redis.pcall('GET', name)
  if type(value) ~= 'string' or touched(value) then
    return nil, 0
  end
  return value, redis.call('PTTL', name)
end

-- For how many ms it is kept after it has expired.
local function grace(value)
  return #value < 20 and 0 or struct.unpack('>i8', value, 11)
end

local epoch = tonumber(redis.call('HGET', state, 'epoch') or 0) or 0
local named = tonumber(redis.pcall('GET', KEYS[2]) or 0) or 0
if epoch == 0 or epoch ~= named then
  -- Nobody knows any more what was cleared or invalidated: all there is goes.
  epoch = math.max(micros(), known + 1, epoch + 1, named + 1)
  begin(epoch)
elseif epoch < known then
  -- A failover has lost a clearing that the caller knows of.
  epoch = known
  begin(epoch)
end
if epoch ~= known then
  return {-1, epoch}
end
