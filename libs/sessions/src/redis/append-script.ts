/**
 * Checks lease, state and position, and adds events and tokens, in one step. Arguments after the common ones: fence;
 * events and tokens that the producer believes the log to have (-1: unknown); prompt tokens (empty: unchanged);
 * state, finish reason, prompt, completion and cached tokens of the outcome (state empty: goes on); most events, most
 * bytes; milliseconds after which an ended session goes by itself; tokens, each followed by a comma; their number;
 * the events.
 *
 * Answers 0 where the lease is lost. The position catches two things that a fence cannot: an append that was carried
 * out but whose answer was lost is not repeated, and a log that has gone back, since Redis was restarted without its
 * last writes, is not continued past the gap.
 */
export const appendScript = `
local fence, expected, expectedTokens = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local state, tokens, tokenCount, first = ARGV[8], ARGV[16], tonumber(ARGV[17]), 18
local count = #ARGV - first + 1
local had = redis.call('HMGET', session, 'fence', 'state', 'nextIndex', 'tokenCount', 'firstIndex', 'eventBytes')
if had[1] ~= fence then return 0 end
local nextIndex, hadTokens = tonumber(had[3]), tonumber(had[4])
if expected >= 0 then
  local isDone = nextIndex == expected + count and hadTokens == expectedTokens + tokenCount
  if isDone and count + tokenCount > 0 then return info() end
  if nextIndex ~= expected or hadTokens ~= expectedTokens then return 0 end
end
if had[2] ~= 'running' then return 0 end

local bytes = tonumber(had[6])
for i = 1, count do
  local data = ARGV[first + i - 1]
  redis.call('XADD', key('events'), string.format('%d-0', nextIndex + i), 'data', data)
  bytes = bytes + #data
end
nextIndex = nextIndex + count
if tokenCount > 0 then redis.call('APPEND', key('tokens'), tokens) end

local firstIndex, maxEvents, maxBytes = tonumber(had[5]), tonumber(ARGV[13]), tonumber(ARGV[14])
while nextIndex - firstIndex > 1 and (nextIndex - firstIndex > maxEvents or bytes > maxBytes) do
  local oldest = string.format('%d-0', firstIndex + 1)
  bytes = bytes - #redis.call('XRANGE', key('events'), oldest, oldest)[1][2][2]
  redis.call('XDEL', key('events'), oldest)
  firstIndex = firstIndex + 1
end

redis.call('HSET', session, 'nextIndex', nextIndex, 'firstIndex', firstIndex, 'eventBytes', bytes,
  'tokenCount', hadTokens + tokenCount)
if ARGV[7] ~= '' then redis.call('HSET', session, 'promptTokens', ARGV[7]) end
local grown = bytes - tonumber(had[6])

if state ~= '' then
  redis.call('HSET', session, 'state', state, 'finishReason', ARGV[9], 'promptTokens', ARGV[10],
    'completionTokens', ARGV[11], 'cachedTokens', ARGV[12], 'finishedAt', now)
  grown = grown - redis.call('STRLEN', key('request'))
  redis.call('DEL', key('request'), key('tokens'))
  redis.call('ZREM', prefix .. 'leases', id)
  redis.call('ZREM', prefix .. 'unattended', id)
  redis.call('ZADD', prefix .. 'ended', now, id)
  redis.call('PEXPIRE', session, ARGV[15])
  redis.call('PEXPIRE', key('events'), ARGV[15])
end
grow(grown)
bump()
return info()
`;
