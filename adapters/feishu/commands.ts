// How does the command menu get its entries? As native slash commands, made where missing, changed where they differ.
//
// A young part of the platform: many tenants lack it, and then typing the command does as well. Choosing an entry
// writes `/name ` into the input; it arrives as an ordinary message.
// https://open.feishu.cn/document/mcp_open_tools/agent-best-practices/agent-supports-slash-commands
import { PlatformError } from '../../src/contract/errors.ts'
import type { PublishedMenu } from '../../src/contract/platform.ts'
import type { CommandSpec, Localized } from '../../src/contract/policy.ts'
import type { Logger, Memory } from '../../src/contract/runtime.ts'
import { callAs, type FeishuApi, type FeishuRequest } from './api.ts'
import { SCOPE_CODES } from './codes.ts'
import { fieldsOf, isFields, readList, readString, type Fields } from '../common/read.ts'

export interface MenuParts {
  readonly account: string
  readonly api: FeishuApi
  readonly log: Logger
  /** Holds the names we published: only those are ever removed. Absent before the start: then the icon tells ours. */
  readonly memory: Memory | undefined
}

const PATH = '/open-apis/application/v7/app_slash_commands'
const MAX_COMMANDS = 100
const ALREADY_THERE = 40000000
const MEMORY_KEY = 'menu'
/** Of every entry we make. */
const ICON = 'skill_outlined'

interface Entry {
  readonly command: string
  readonly description: { readonly default_value: string; readonly i18n: Readonly<Record<string, string>> }
}

/** Resolves also where the tenant has no slash commands, or the app may not make them. */
export async function publishMenu(
  parts: MenuParts,
  commands: readonly CommandSpec[],
  signal: AbortSignal,
): Promise<void> {
  const { log, memory } = parts
  try {
    const standing = readStanding(await call(parts, { method: 'GET', path: PATH }, signal))
    const entries = commands.slice(0, MAX_COMMANDS).map(entryOf)
    await removeOld(parts, standing, entries, signal)
    for (const entry of entries) await publish(parts, standing.get(entry.command), entry, signal)
    await memory?.set(
      MEMORY_KEY,
      entries.map(({ command }) => command),
    )
  } catch (error) {
    if (!isUnsupported(error)) throw error
    log.debug(
      { code: error.code },
      'this tenant takes no slash commands from this app; typed commands work all the same',
    )
  }
}

/** Rejects with `unsupported` where the tenant has no slash commands, or the app may not see them. */
export async function publishedMenu(
  parts: Pick<MenuParts, 'account' | 'api'>,
  signal: AbortSignal,
): Promise<readonly PublishedMenu[]> {
  const { account } = parts
  try {
    const standing = readStanding(await call(parts, { method: 'GET', path: PATH }, signal))
    const commands = [...standing].map(([name, item]) => ({
      name,
      description: readString(fieldsOf(item['description'])['default_value']) ?? '',
    }))
    return [{ where: 'everywhere', commands }]
  } catch (error) {
    if (!isUnsupported(error)) throw error
    const facts = error.code === undefined ? {} : { code: error.code }
    throw new PlatformError(account, 'unsupported', 'this tenant gives this app no slash commands', facts)
  }
}

async function publish(
  parts: MenuParts,
  standing: Fields | undefined,
  entry: Entry,
  signal: AbortSignal,
): Promise<void> {
  const commandId = readString(standing?.['command_id'])
  const { command, description } = entry
  if (commandId === undefined) {
    const body = { command, description, icon: { icon_key: ICON } }
    await call(parts, { method: 'POST', path: PATH, body }, signal).catch((error: unknown) => {
      if (!(error instanceof PlatformError) || error.code !== ALREADY_THERE) throw error
    })
  } else if (!isSame(standing?.['description'], description)) {
    const ids = { command_id: commandId }
    await call(parts, { method: 'PATCH', path: `${PATH}/:command_id`, ids, body: { description } }, signal)
  }
}

/** What was published before and is no command any more. What others made in the console stays. */
async function removeOld(
  parts: MenuParts,
  standing: ReadonlyMap<string, Fields>,
  entries: readonly Entry[],
  signal: AbortSignal,
): Promise<void> {
  const before = parts.memory === undefined ? undefined : readList(await parts.memory.get(MEMORY_KEY))
  for (const [command, item] of standing) {
    const isOurs = before?.includes(command) ?? fieldsOf(item['icon'])['icon_key'] === ICON
    if (!isOurs || entries.some((entry) => entry.command === command)) continue
    const commandId = readString(item['command_id'])
    if (commandId === undefined) continue
    await call(
      parts,
      { method: 'DELETE', path: `${PATH}/:command_id`, ids: { command_id: commandId } },
      signal,
    )
  }
}

function call(
  parts: Pick<MenuParts, 'account' | 'api'>,
  request: FeishuRequest,
  signal: AbortSignal,
): Promise<Fields> {
  return callAs(parts.account, parts.api, request, signal)
}

function readStanding(answer: Fields): ReadonlyMap<string, Fields> {
  const items = readList(answer['items']).filter(isFields)
  return new Map(items.map((item) => [readString(item['command']) ?? '', item]))
}

function entryOf({ name, description }: CommandSpec): Entry {
  const english = sentence(description, 'en') || name
  return {
    command: name,
    description: {
      default_value: english,
      i18n: { en_us: english, zh_cn: sentence(description, 'zh') || english },
    },
  }
}

function sentence(description: Localized, language: string): string {
  const key = Object.keys(description).find(
    (locale) => locale.toLowerCase() === language || locale.toLowerCase().startsWith(`${language}-`),
  )
  return (description[key ?? 'en'] ?? '').trim()
}

function isSame(standing: unknown, wanted: Entry['description']): boolean {
  const given = fieldsOf(standing)
  const i18n = fieldsOf(given['i18n'])
  return (
    given['default_value'] === wanted.default_value &&
    Object.entries(wanted.i18n).every(([locale, words]) => i18n[locale] === words)
  )
}

function isUnsupported(error: unknown): error is PlatformError {
  if (!(error instanceof PlatformError)) return false
  return error.kind === 'unsupported' || SCOPE_CODES.has(Number(error.code)) || error.code === 99991640
}
