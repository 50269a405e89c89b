// Is the bot in servers, and may it read and write there: in general, and in the channels that rules name?
import type { Finding } from '../../src/contract/platform.ts'
import { callAs } from './api.ts'
import type { CheckParts } from './check-parts.ts'
import { toPlatformError } from './errors.ts'
import { bitsIn, canView, INVITED_WITH, missingIn, toBits, type Standing } from './permissions.ts'
import { fieldsOf, readAmount, readList, readString, type Fields } from '../common/read.ts'

/** Discord docs: get current user guilds. */
const PAGE = 200
/** Each costs three calls. Our choice. */
const MOST_SERVERS = 5
const MOST_CHANNELS = 10
const MOST_NAMES = 5

export interface Bot {
  readonly application: Fields
  readonly meId: string
}

export async function checkServers(
  parts: CheckParts,
  bot: Bot,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { account, wants } = parts
  const subject = `${account} servers`
  const id = readString(bot.application['id']) ?? ''
  const invite = `https://discord.com/oauth2/authorize?client_id=${id}&scope=bot+applications.commands&permissions=${INVITED_WITH}`
  const servers = await listServers(parts, signal)
  const count = servers?.length ?? readAmount(bot.application['approximate_guild_count'])
  if (count === 0) {
    return [
      {
        verdict: 'warning',
        subject,
        reason: 'the bot is in none: nobody can write to it',
        remedy: `Open this as somebody who manages the server, and choose it: ${invite}`,
      },
    ]
  }
  const many = servers?.length === PAGE ? `${PAGE} or more` : String(count ?? 'an unknown number')
  const named = wants.chats.filter((chat) => /^\d{15,20}$/.test(chat)).slice(0, MOST_CHANNELS)
  const looked = await Promise.all([
    ...(servers ?? [])
      .slice(0, MOST_SERVERS)
      .map((server) => checkServer(parts, bot, server, invite, signal)),
    ...named.map((channel) => checkChannel(parts, bot, channel, signal)),
  ])
  return [
    { verdict: 'ok', subject, reason: `the bot is in ${many}; invite it with ${invite}` },
    ...looked.flat(),
  ]
}

/** Undefined where the server does not tell. */
async function listServers(
  { account, api }: CheckParts,
  signal: AbortSignal,
): Promise<readonly Fields[] | undefined> {
  const query = { limit: String(PAGE) }
  try {
    const list = await callAs(account, api, { method: 'GET', route: '/users/@me/guilds', query }, signal)
    return readList(list).map(fieldsOf)
  } catch {
    return undefined
  }
}

async function checkServer(
  parts: CheckParts,
  bot: Bot,
  server: Fields,
  invite: string,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { account, api, wants } = parts
  const guildId = readString(server['id']) ?? ''
  const name = readString(server['name']) ?? guildId
  const subject = `${account} server ${name}`
  try {
    const standing = await standingIn(parts, bot, guildId, signal)
    const missing = missingIn(bitsIn(standing, undefined), wants.threads)
    if (missing.length > 0) {
      return [
        {
          verdict: 'warning',
          subject,
          reason: `the bot's role lacks ${missing.join(', ')}`,
          remedy: `In Discord open the server's name, "Server Settings", "Roles", the bot's role, "Permissions", and switch on ${missing.join(', ')}; or invite it again: ${invite}`,
        },
      ]
    }
    const answer = await callAs(account, api, { method: 'GET', route: `/guilds/${guildId}/channels` }, signal)
    const mute = readList(answer)
      .map(fieldsOf)
      .filter(isForText)
      .filter((channel) => {
        const bits = bitsIn(standing, channel)
        return canView(bits) && missingIn(bits, false).length > 0
      })
      .map((channel) => `#${readString(channel['name']) ?? String(channel['id'])}`)
    if (mute.length === 0) return [{ verdict: 'ok', subject, reason: 'it may read and write there' }]
    const some = `${mute.slice(0, MOST_NAMES).join(', ')}${mute.length > MOST_NAMES ? ', …' : ''}`
    return [
      {
        verdict: 'note',
        subject,
        reason: `it sees, but may not fully write in ${some}`,
        remedy: `Where it shall: right-click the channel, "Edit Channel", "Permissions", add the bot's role, and allow Send Messages, Embed Links, Attach Files and Read Message History.`,
      },
    ]
  } catch (error) {
    const { message } = toPlatformError(account, 'server', error, signal)
    return [{ verdict: 'note', subject, reason: `could not be looked at: ${message}` }]
  }
}

async function standingIn(
  { account, api }: CheckParts,
  { meId }: Bot,
  guildId: string,
  signal: AbortSignal,
): Promise<Standing> {
  const get = (route: `/${string}`): Promise<unknown> =>
    callAs(account, api, { method: 'GET', route }, signal)
  const [member, roles] = await Promise.all([
    get(`/guilds/${guildId}/members/${meId}`),
    get(`/guilds/${guildId}/roles`),
  ])
  const bits = readList(roles).map((role) => {
    const { id, permissions } = fieldsOf(role)
    return [readString(id) ?? '', toBits(permissions)] as const
  })
  return {
    guildId,
    meId,
    roles: readList(fieldsOf(member)['roles']).flatMap((id) => readString(id) ?? []),
    bits: new Map(bits),
  }
}

/** A channel that a route or an access rule names. */
async function checkChannel(
  parts: CheckParts,
  bot: Bot,
  id: string,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { account, api, wants } = parts
  const subject = `${account} channel ${id}`
  try {
    const channel = fieldsOf(await callAs(account, api, { method: 'GET', route: `/channels/${id}` }, signal))
    const guildId = readString(channel['guild_id'])
    if (guildId === undefined) return [{ verdict: 'ok', subject, reason: 'is there' }]
    const missing = missingIn(bitsIn(await standingIn(parts, bot, guildId, signal), channel), wants.threads)
    const name = `#${readString(channel['name']) ?? id}`
    if (missing.length === 0)
      return [{ verdict: 'ok', subject, reason: `${name}: it may read and write there` }]
    return [
      {
        verdict: 'fault',
        subject,
        reason: `${name} is named in the configuration, and the bot lacks ${missing.join(', ')} there`,
        remedy: `In Discord right-click ${name}, "Edit Channel", "Permissions", add the bot's role, and allow ${missing.join(', ')}.`,
      },
    ]
  } catch (error) {
    const failure = toPlatformError(account, 'channel', error, signal)
    if (failure.kind === 'unavailable' || failure.kind === 'rate-limited') {
      return [{ verdict: 'note', subject, reason: `could not be looked at: ${failure.message}` }]
    }
    return [
      {
        verdict: 'fault',
        subject,
        reason: 'is named in the configuration, and the bot does not see it',
        remedy:
          'Check the id (right-click the channel, "Copy Channel ID", with "Developer Mode" on under "Advanced"); if it is right: "Edit Channel", "Permissions", add the bot\'s role, and allow View Channel.',
      },
    ]
  }
}

/** Text, announcement, forum, media. https://discord.com/developers/docs/resources/channel#channel-object-channel-types */
const TEXT_TYPES = new Set([0, 5, 15, 16])

function isForText(channel: Fields): boolean {
  return TEXT_TYPES.has(readAmount(channel['type']) ?? -1)
}
