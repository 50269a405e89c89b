// What happens inside Redis? One script applies a batch of operations, one after the other, at one instant of the server's clock.
//
// Keys, all under one hash tag, `{prefix}:`
//   record:<namespace>:<key>   a value's JSON text; Redis itself lets it run out
//   index:<namespace>          sorted set, all scores 0: the namespace's keys in order, for pages
//   ends                       sorted set, score = end in ms: `<namespace>:<key>` of what runs out, to sweep the index by
//   lease:<name>               `<fence>:<owner>`, runs out with the lease;  fence: the last one given
//   takes:<key>                list, newest first: `<granted at ms>:<of interest until ms>`
//   done:<store>               the last batch of an open store and its results, for the case that its answer gets lost
// Namespaces are URI-encoded, so their ":" is the first one.
//
// Each operation first reads its words, then does its work in a pcall: one that fails harms no other. Nothing is written before
// everything that could refuse it was looked at; Redis refuses for want of memory or disk before a script's first write alone.

import { defineScript } from '@redis/client'
import type { CommandParser } from '@redis/client'

/**
 * KEYS: `{prefix}:`. ARGV: the open store, the number of its batch (one sent again is not done again), the ms of the server's clock
 * after which nothing is done (empty: never), then per operation its name, the number of its words, and they.
 */
const APPLY = `
local base = KEYS[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local text = function (number) return string.format('%.0f', number) end

local done = base .. 'done:' .. ARGV[1]
local before = cjson.decode(redis.call('GET', done) or '[]')
if before[1] == ARGV[2] then return { text(now), 'done', unpack(before, 2) } end
if ARGV[3] ~= '' and now > tonumber(ARGV[3]) then return { text(now), 'late' } end

local at, last = 4, #ARGV
local function word() at = at + 1; return ARGV[at - 1] end
local function number() return tonumber(word()) end

local function set(namespace, key, value, ttl)
  local member = namespace .. ':' .. key
  redis.call('ZADD', base .. 'index:' .. namespace, 0, key)
  if ttl == '' then
    redis.call('SET', base .. 'record:' .. member, value)
    redis.call('ZREM', base .. 'ends', member)
  else
    redis.call('SET', base .. 'record:' .. member, value, 'PX', ttl)
    redis.call('ZADD', base .. 'ends', text(now + tonumber(ttl)), member)
  end
end

local function remove(namespace, key)
  local member = namespace .. ':' .. key
  redis.call('ZREM', base .. 'index:' .. namespace, key)
  redis.call('ZREM', base .. 'ends', member)
  return redis.call('DEL', base .. 'record:' .. member)
end

local function holds(name, fence)
  local held = redis.call('GET', base .. 'lease:' .. name)
  return held and string.match(held, '^(%d+):') == fence
end

local operations = {}

function operations.write()
  local name, fence = word(), word()
  local unless, doubted, writes = {}, '', {}
  for n = 1, number() do unless[n] = word() .. ':' .. word() end
  doubted = word()
  for n = 1, number() do
    local kind = word()
    if kind == 'set' then writes[n] = { word(), word(), word(), word() } else writes[n] = { word(), word() } end
  end
  if name ~= '' and not holds(name, fence) then return 'superseded' end
  for n, member in ipairs(unless) do
    local record = base .. 'record:' .. member
    local ours = n == 1 and doubted ~= '' and redis.call('GET', record) == doubted
    if not ours and redis.call('EXISTS', record) == 1 then return 'exists' end
  end
  for _, w in ipairs(writes) do
    if w[3] then set(w[1], w[2], w[3], w[4]) else remove(w[1], w[2]) end
  end
  return 'done'
end

function operations.remove() return remove(word(), word()) end

function operations.clear()
  local namespace = word()
  for _, key in ipairs(redis.call('ZRANGE', base .. 'index:' .. namespace, 0, -1)) do remove(namespace, key) end
  return 0
end

function operations.lease()
  local name, owner, ttl = word(), word(), word()
  if redis.call('EXISTS', base .. 'lease:' .. name) == 1 then return '' end
  -- The clock as well, so that fences grow also over writes that Redis lost.
  local fence = text(math.max(tonumber(redis.call('GET', base .. 'fence') or '0') + 1, now))
  redis.call('SET', base .. 'fence', fence)
  redis.call('SET', base .. 'lease:' .. name, fence .. ':' .. owner, 'PX', ttl)
  return fence
end

function operations.renew()
  local name, fence, ttl = word(), word(), word()
  if not holds(name, fence) then return 0 end
  return redis.call('PEXPIRE', base .. 'lease:' .. name, ttl)
end

function operations.release()
  local name, fence = word(), word()
  if holds(name, fence) then redis.call('DEL', base .. 'lease:' .. name) end
  return 0
end

function operations.take()
  local key, windows, longest = base .. 'takes:' .. word(), {}, 0
  for n = 1, number() do
    windows[n] = { calls = number(), per = number() }
    longest = math.max(longest, windows[n].per)
  end
  local function granted(n)
    local taken = redis.call('LINDEX', key, n - 1)
    if not taken then return nil end
    local from, to = string.match(taken, '^(%d+):(%d+)$')
    return tonumber(from), tonumber(to)
  end
  -- The server's clock may have been set back: calls "in the future" count as made now, so that no wait exceeds a window.
  local n = 1
  local from, to = granted(n)
  while from and from > now do
    redis.call('LSET', key, n - 1, text(now) .. ':' .. text(to - from + now))
    n = n + 1
    from, to = granted(n)
  end
  local wait = 0
  for _, window in ipairs(windows) do
    local blocking = granted(window.calls)
    if blocking then wait = math.max(wait, blocking + window.per - now) end
  end
  if wait > 0 then return text(math.ceil(wait)) end
  local _, oldest = granted(0)
  while oldest and oldest <= now do
    redis.call('RPOP', key)
    _, oldest = granted(0)
  end
  if longest > 0 then
    redis.call('LPUSH', key, text(now) .. ':' .. text(math.ceil(now + longest)))
    redis.call('PEXPIRE', key, text(math.max(math.ceil(longest), redis.call('PTTL', key))))
  end
  return '0'
end

local results = { text(now), 'done' }
while at <= last do
  local run = operations[word()]
  local count = number()
  local first = at
  local ok, result = pcall(run)
  at = first + count
  if ok then results[#results + 1] = tostring(result)
  else results[#results + 1] = '!' .. tostring(type(result) == 'table' and result.err or result) end
end

local swept = redis.call('ZRANGEBYSCORE', base .. 'ends', '-inf', '(' .. text(now), 'LIMIT', 0, 2 * #results)
for _, member in ipairs(swept) do
  local namespace, key = string.match(member, '^([^:]*):(.*)$')
  redis.call('ZREM', base .. 'index:' .. namespace, key)
  redis.call('ZREM', base .. 'ends', member)
end
-- Refused for want of memory, when nothing was written: then the batch may as well be done again.
pcall(redis.call, 'SET', done, cjson.encode({ ARGV[2], unpack(results, 3) }), 'PX', 10000)
return results
`

/** KEYS: `{prefix}:`. ARGV: namespace, the key a page begins after, its size. Gives the last key looked at, then keys and texts in turn. */
const PAGE = `
local namespace = ARGV[1]
local index, records = KEYS[1] .. 'index:' .. namespace, KEYS[1] .. 'record:' .. namespace .. ':'
local from = ARGV[2] == '' and '-' or '(' .. ARGV[2]
local keys = redis.call('ZRANGEBYLEX', index, from, '+', 'LIMIT', 0, ARGV[3])
local page = { keys[#keys] or '' }
for _, key in ipairs(keys) do
  local value = redis.call('GET', records .. key)
  if value then
    page[#page + 1] = key
    page[#page + 1] = value
  end
end
return page
`

/** The client sends a script's hash, and the whole of it when the server does not know it (any more). */
export const scripts = {
  applyOperations: defineScript({
    SCRIPT: APPLY,
    NUMBER_OF_KEYS: 1,
    parseCommand: pushAll,
    transformReply: (reply: unknown) => textsIn(reply),
  }),
  readPage: defineScript({
    SCRIPT: PAGE,
    NUMBER_OF_KEYS: 1,
    parseCommand: pushAll,
    transformReply: (reply: unknown) => textsIn(reply),
  }),
}

function pushAll(parser: CommandParser, base: string, words: readonly string[]): void {
  parser.pushKey(base)
  parser.pushVariadic([...words])
}

function textsIn(reply: unknown): readonly string[] {
  return Array.isArray(reply) ? reply.map(String) : []
}
