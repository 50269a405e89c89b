// How does the command menu get its entries? A list at a time, with every language, and only when something changed.
// https://discord.com/developers/docs/interactions/application-commands#bulk-overwrite-global-application-commands
//
// There is one list for everywhere and one for each server that has commands of its own. Servers whose list we filled
// are remembered; where nothing is remembered, the bot's servers are looked through.
import { Routes } from 'discord.js'
import { PlatformError } from '../../src/contract/errors.ts'
import type { PublishedMenu } from '../../src/contract/platform.ts'
import type { CommandSpec } from '../../src/contract/policy.ts'
import type { Clock, Logger, Memory } from '../../src/contract/runtime.ts'
import { callAs, type DiscordApi, type DiscordCall } from './api.ts'
import { CHAT_INPUT, isNameable, MAX_COMMANDS, toEntry } from './command-entry.ts'
import { isSameMenu } from './command-same.ts'
import { fieldsOf, isFields, readList, readString, type Fields } from '../common/read.ts'
import { segment } from './segment.ts'

export interface MenuParts {
  readonly account: string
  readonly api: DiscordApi
  readonly clock: Clock
  readonly log: Logger
  readonly applicationId: string
  /** Absent where the platform was not started. */
  readonly memory?: Memory
}

/** Rejects when a list could not be made right; every other list is tried all the same. */
export async function publishMenu(
  parts: MenuParts,
  commands: readonly CommandSpec[],
  signal: AbortSignal,
): Promise<void> {
  const nameable = commands.filter(isNameable)
  const configured = [...new Set(nameable.flatMap(({ guilds = [] }) => guilds))]
  const everywhere = nameable.filter(({ guilds }) => guilds === undefined)
  const before = await servedBefore(parts, signal)
  const failures: unknown[] = []
  await publishList(parts, undefined, everywhere, signal).catch((error: unknown) => failures.push(error))
  for (const guildId of new Set([...configured, ...before])) {
    const own = nameable.filter(({ guilds }) => guilds?.includes(guildId) === true)
    try {
      await publishList(parts, guildId, own, signal)
    } catch (error) {
      const isForeign = error instanceof PlatformError && FOREIGN.has(error.kind)
      if (!isForeign) failures.push(error)
      else if (own.length > 0)
        parts.log.warn({ guild: guildId }, 'a server that commands are for does not have the bot in it')
    }
  }
  if (failures.length > 0) throw failures[0]
  await parts.memory?.set(GUILDS_KEY, configured)
}

/** The bot is not in that server, or there is none of that id. */
const FOREIGN: ReadonlySet<string> = new Set(['denied', 'gone', 'unsupported'])

/** What stands at Discord: everywhere, then server by server where there is something. At most 200 servers are asked. */
export async function publishedMenus(
  parts: MenuParts,
  signal: AbortSignal,
): Promise<readonly PublishedMenu[]> {
  const menus: PublishedMenu[] = [menuOf('everywhere', (await standing(parts, undefined, signal)) ?? [])]
  for (const guildId of await guildsOfBot(parts, signal)) {
    const own = await standing(parts, guildId, signal).catch((error: unknown) => {
      if (error instanceof PlatformError && FOREIGN.has(error.kind)) return []
      throw error
    })
    if (own !== undefined && own.length > 0) menus.push(menuOf(`guild ${guildId}`, own))
  }
  return menus
}

function menuOf(where: string, commands: readonly Fields[]): PublishedMenu {
  return {
    where,
    commands: commands.map(({ description, name }) => ({
      name: readString(name) ?? '',
      description: readString(description) ?? '',
    })),
  }
}

async function publishList(
  parts: MenuParts,
  guildId: string | undefined,
  commands: readonly CommandSpec[],
  signal: AbortSignal,
): Promise<void> {
  const entries = commands.slice(0, MAX_COMMANDS).map(toEntry)
  const there = await standing(parts, guildId, signal)
  const [ours, others] = [there?.filter(isOurs), there?.filter((each) => !isOurs(each)) ?? []]
  if (ours !== undefined && isSameMenu(ours, entries)) return
  const route = routeOf(parts, guildId)
  await patiently(parts, { method: 'PUT', route, body: [...entries, ...others.map(kept)] }, signal)
}

/** Undefined where the server cannot say: then the menu is sent anyway. */
async function standing(
  parts: MenuParts,
  guildId: string | undefined,
  signal: AbortSignal,
): Promise<readonly Fields[] | undefined> {
  try {
    const query = { with_localizations: 'true' }
    const route = routeOf(parts, guildId)
    return readList(await patiently(parts, { method: 'GET', route, query }, signal)).filter(isFields)
  } catch (error) {
    const isUnknown = error instanceof PlatformError && error.kind === 'unsupported'
    if (isUnknown && guildId === undefined) return undefined
    throw error
  }
}

const GUILDS_KEY = 'command-guilds'
const MOST_GUILDS = 200

/** Servers whose list we filled once. */
async function servedBefore(parts: MenuParts, signal: AbortSignal): Promise<readonly string[]> {
  const kept = await parts.memory?.get(GUILDS_KEY).catch(() => undefined)
  return Array.isArray(kept)
    ? kept.filter((each) => typeof each === 'string')
    : await guildsOfBot(parts, signal)
}

/** https://discord.com/developers/docs/resources/user#get-current-user-guilds */
async function guildsOfBot(parts: MenuParts, signal: AbortSignal): Promise<readonly string[]> {
  const call = { method: 'GET', route: Routes.userGuilds(), query: { limit: String(MOST_GUILDS) } } as const
  try {
    const guilds = readList(await patiently(parts, call, signal))
    return guilds.flatMap((guild) => readString(fieldsOf(guild)['id']) ?? [])
  } catch (error) {
    if (error instanceof PlatformError && error.kind === 'unsupported') return []
    throw error
  }
}

function routeOf({ applicationId }: MenuParts, guildId: string | undefined): DiscordCall['route'] {
  return guildId === undefined
    ? Routes.applicationCommands(applicationId)
    : Routes.applicationGuildCommands(applicationId, segment(guildId))
}

/** A command without a kind is one of ours: that is the default. */
function isOurs({ type }: Fields): boolean {
  return type === undefined || type === CHAT_INPUT
}

function kept({ application_id: _app, guild_id: _guild, version: _version, ...command }: Fields): Fields {
  return command
}

const TRIES = 5
const LONGEST_WAIT_MS = 60_000

/** Nobody waits for the menu: a limit is waited out. */
async function patiently(parts: MenuParts, call: DiscordCall, signal: AbortSignal): Promise<unknown> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await callAs(parts.account, parts.api, call, signal)
    } catch (error) {
      const isLimited = error instanceof PlatformError && error.kind === 'rate-limited'
      const waitMs = isLimited ? (error.retryAfterMs ?? 1_000) : Infinity
      if (tries === TRIES || waitMs > LONGEST_WAIT_MS) throw error
      await parts.clock.sleep(waitMs, signal)
    }
  }
}
