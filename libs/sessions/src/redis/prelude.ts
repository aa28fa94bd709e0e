import { sessionFields } from './session-fields.js';

/**
 * What all scripts begin with. Arguments of each: key prefix, session id, time in milliseconds (-1: Redis's own).
 *
 * Keys of a session, where `P` is the prefix: `P session:id` (hash), `P events:id` (stream; the event with index i has
 * the id `i+1-0`, so that Redis itself refuses duplicates and reordering), `P request:id`, `P tokens:id` (strings).
 * Of all: `P leases` (running sessions by the end of their lease), `P unattended` (by the time of their cancel),
 * `P ended` (by their end), `P bytes` (hash: session's size), `P total` (their sum), `P changes` (stream of ids and
 * versions, for whoever waits), `P change` (number of the last one).
 */
export const prelude = `
local prefix, id, now = ARGV[1], ARGV[2], tonumber(ARGV[3])
if now < 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end

local function key(kind, of) return prefix .. kind .. ':' .. (of or id) end
local session = key('session')

local function field(name) return redis.call('HGET', session, name) end

local function info(of) return redis.call('HMGET', key('session', of), ${sessionFields.map((name) => `'${name}'`).join(', ')}) end

local function running() return field('state') == 'running' end

local function changed(of, version)
  local number = redis.call('INCR', prefix .. 'change')
  local entry = string.format('%d-0', number)
  redis.call('XADD', prefix .. 'changes', 'MAXLEN', '~', 10000, entry, 'id', of, 'version', version)
end

local function bump() changed(id, redis.call('HINCRBY', session, 'version', 1)) end

local function grow(bytes)
  redis.call('HINCRBY', prefix .. 'bytes', id, bytes)
  redis.call('INCRBY', prefix .. 'total', bytes)
end

local function remove(of)
  local bytes = tonumber(redis.call('HGET', prefix .. 'bytes', of) or 0)
  redis.call('DEL', key('session', of), key('events', of), key('request', of), key('tokens', of))
  for _, set in ipairs({'leases', 'unattended', 'ended'}) do redis.call('ZREM', prefix .. set, of) end
  redis.call('HDEL', prefix .. 'bytes', of)
  redis.call('DECRBY', prefix .. 'total', bytes)
  changed(of, -1)
end
`;
