/** One script, and what Redis calls it by. */
export interface Script {
  readonly text: string;
  /** The SHA-1 of the text. */
  readonly sha: string;
}

/**
 * The rules of `storeRules` in `@bearings/oauth-bearer`, in Lua: tests hold the two to the same answers. One hash for each
 * token, so that a script has one key and runs in one slot of a cluster.
 *
 * What has ended is decided by the rules alone. The key expires a minute later, so that nothing stays that is not used.
 *
 * Instants are milliseconds of the server's clock. ARGV[1] is the time in a test, and '' otherwise. Written as text with
 * `%.0f`: Lua writes large numbers with an exponent.
 */
const record = `
local key = KEYS[1]
local now = tonumber(ARGV[1])
if not now then
  local t = redis.call('TIME')
  now = t[1] * 1000 + math.floor(t[2] / 1000)
end
local f = redis.call('HMGET', key, 'id', 'sealed', 'seal', 'at', 'end', 'rej', 'owner', 'lend', 'fail', 'fend', 'rot')
local entry, lease, failure
local rotated = tonumber(f[11] or 0)
if f[1] and tonumber(f[5]) > now then
  entry = { id = f[1], sealed = f[2], seal = f[3], at = tonumber(f[4]), ends = tonumber(f[5]), rejected = f[6] == '1' }
end
if f[7] and tonumber(f[8]) > now then lease = { owner = f[7], ends = tonumber(f[8]) } end
if f[9] and tonumber(f[10]) > now then failure = { sealed = f[9], ends = tonumber(f[10]) } end

local function text(n) return string.format('%.0f', n) end

local function save()
  local last = rotated
  redis.call('DEL', key)
  if entry then
    last = math.max(last, entry.ends)
    redis.call('HSET', key, 'id', entry.id, 'sealed', entry.sealed, 'seal', entry.seal, 'at', text(entry.at),
      'end', text(entry.ends), 'rej', entry.rejected and '1' or '0')
  end
  if lease then
    last = math.max(last, lease.ends)
    redis.call('HSET', key, 'owner', lease.owner, 'lend', text(lease.ends))
  end
  if failure then
    last = math.max(last, failure.ends)
    redis.call('HSET', key, 'fail', failure.sealed, 'fend', text(failure.ends))
  end
  if rotated > now then redis.call('HSET', key, 'rot', text(rotated)) end
  if last > now then redis.call('PEXPIRE', key, text(last - now + 60000)) end
end

local function has(list, item)
  for each in string.gmatch(list, '[^ ]+') do if each == item then return true end end
  return false
end

local function notify(channel) redis.pcall('PUBLISH', channel, '1') end
`;

/** ARGV: time, id of the held token or '', its age, '1' if rejected, owner, lease, rotation period, seals. */
const askText = `${record}
local held, age, rejected, owner = ARGV[2], tonumber(ARGV[3]), ARGV[4] == '1', ARGV[5]
if entry and rejected and entry.id == held and not entry.rejected then
  entry.rejected = true
  redis.call('HSET', key, 'rej', '1')
end
if entry and not has(ARGV[8], entry.seal) then return { 'foreign' } end
if entry and not entry.rejected and (held == '' or (held ~= entry.id and now - entry.at < age)) then
  return { 'entry', entry.id, entry.sealed, text(now - entry.at) }
end
if lease and lease.owner ~= owner then return { 'busy', text(lease.ends - now) } end
if not lease then
  if failure then return { 'failed', failure.sealed, text(failure.ends - now) } end
  if rejected or (entry and entry.rejected) then
    local period = tonumber(ARGV[7])
    local paid = math.max(rotated, now) - now
    local left = paid - 2 * period
    if left > 0 then return { 'limited', text(left) } end
    rotated = now + paid + period
  end
end
lease = { owner = owner, ends = now + tonumber(ARGV[6]) }
save()
return { 'lease', text(now) }
`;

/** ARGV: time, owner, id, sealed, seal, time of the request, lifetime, seals that may be replaced, channel. */
const putText = `${record}
if lease and lease.owner == ARGV[2] then lease = nil end
local at = tonumber(ARGV[6])
local ends = at + tonumber(ARGV[7])
local free = not entry or (has(ARGV[8], entry.seal) and entry.id ~= ARGV[3] and entry.at < at)
local stored = ends > now and free
if stored then
  entry = { id = ARGV[3], sealed = ARGV[4], seal = ARGV[5], at = at, ends = ends, rejected = false }
  failure = nil
end
save()
notify(ARGV[9])
return stored and 1 or 0
`;

/** ARGV: time, owner, sealed failure or '', how long it counts, channel. */
const releaseText = `${record}
if not lease or lease.owner ~= ARGV[2] then return 0 end
lease = nil
if ARGV[3] ~= '' then failure = { sealed = ARGV[3], ends = now + tonumber(ARGV[4]) } end
save()
notify(ARGV[5])
return 1
`;

export interface Scripts {
  readonly ask: Script;
  readonly put: Script;
  readonly release: Script;
}

/** The three scripts, with their SHA-1. */
export async function createScripts(): Promise<Scripts> {
  const [ask, put, release] = await Promise.all([named(askText), named(putText), named(releaseText)]);
  return { ask, put, release };
}

async function named(text: string): Promise<Script> {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text)); // as EVALSHA requires
  return { text, sha: Buffer.from(digest).toString('hex') };
}
