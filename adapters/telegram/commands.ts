// How does the command menu get its entries? A list for each scope and language that needs one, sent only when it changed.
//
// For a person Telegram takes the narrowest scope that has a list, and in it the list of their language; lists replace
// each other and are never joined. So each list holds all that there is where it is shown. The account's own scopes are
// these three; lists of other programs for single chats or administrators stay as they are.
// https://core.telegram.org/bots/api#determining-list-of-commands
import { PlatformError } from '../../src/contract/errors.ts'
import type { PublishedMenu } from '../../src/contract/platform.ts'
import type { CommandSpec, Localized } from '../../src/contract/policy.ts'
import { callAs, type BotApi } from './api.ts'
import { fieldsOf, readList, readString } from '../common/read.ts'

interface MenuEntry {
  readonly command: string
  readonly description: string
}
type Scope = 'default' | 'all_private_chats' | 'all_group_chats'
type Language = 'en' | 'zh' | undefined

const SCOPES: readonly Scope[] = ['default', 'all_private_chats', 'all_group_chats']
/** Undefined: everybody without a list in their language. */
const LANGUAGES: readonly Language[] = [undefined, 'en', 'zh']
/** https://core.telegram.org/bots/api#botcommand: 100 commands, descriptions of 1–256 characters. */
const MAX_COMMANDS = 100
const MAX_DESCRIPTION_CHARS = 256

export async function publishMenu(
  account: string,
  api: BotApi,
  commands: readonly CommandSpec[],
  signal: AbortSignal,
): Promise<void> {
  for (const [scope, shown] of shownIn(commands)) {
    for (const language of LANGUAGES) {
      const whose = whoseList(scope, language)
      const entries = menuOf(shown, language ?? 'en')
      const standing = await standingMenu(account, api, whose, signal)
      if (entries.length > 0) {
        if (standing !== undefined && isSame(standing, entries)) continue
        await callAs(account, api, 'setMyCommands', { commands: [...entries], ...whose }, signal)
      } else if (standing !== undefined && standing.length > 0) {
        await callAs(account, api, 'deleteMyCommands', whose, signal)
      }
    }
  }
}

/** What stands, list by list; those of administrators too, as they hide ours from them. */
export async function publishedMenus(
  account: string,
  api: BotApi,
  signal: AbortSignal,
): Promise<readonly PublishedMenu[]> {
  const menus: PublishedMenu[] = []
  for (const scope of [...SCOPES, 'all_chat_administrators'] as const) {
    for (const language of LANGUAGES) {
      const standing = await callAs(account, api, 'getMyCommands', whoseList(scope, language), signal)
      const commands = readMenu(standing).map(({ command, description }) => ({ name: command, description }))
      if (commands.length === 0) continue
      menus.push({
        where: [WORDS[scope], ...(language === undefined ? [] : [language])].join(', '),
        commands,
      })
    }
  }
  return menus
}

const WORDS: Readonly<Record<Scope | 'all_chat_administrators', string>> = {
  default: 'everywhere',
  all_private_chats: 'private chats',
  all_group_chats: 'groups',
  all_chat_administrators: 'administrators of groups',
}

/** The list of each scope; empty where the scope needs none, because the default says the same. */
function shownIn(commands: readonly CommandSpec[]): ReadonlyMap<Scope, readonly CommandSpec[]> {
  const given = commands.filter(({ name }) => /^[a-z0-9_]{1,32}$/.test(name))
  const inBoth = given.filter((command) => isShown(command, 'direct') && isShown(command, 'group'))
  const only = (where: 'direct' | 'group'): readonly CommandSpec[] => {
    const here = given.filter((command) => isShown(command, where))
    return here.length === inBoth.length ? [] : here
  }
  return new Map([
    ['default', inBoth],
    ['all_private_chats', only('direct')],
    ['all_group_chats', only('group')],
  ])
}

function isShown({ where }: CommandSpec, here: 'direct' | 'group'): boolean {
  return where === undefined || where.includes(here)
}

interface WhoseList {
  readonly scope?: { readonly type: Exclude<Scope, 'default'> | 'all_chat_administrators' }
  readonly language_code?: 'en' | 'zh'
}

function whoseList(scope: Scope | 'all_chat_administrators', language: Language): WhoseList {
  return {
    ...(scope === 'default' ? {} : { scope: { type: scope } }),
    ...(language === undefined ? {} : { language_code: language }),
  }
}

/** Undefined where the server cannot say: then the menu is sent anyway. */
async function standingMenu(
  account: string,
  api: BotApi,
  whose: WhoseList,
  signal: AbortSignal,
): Promise<readonly MenuEntry[] | undefined> {
  try {
    return readMenu(await callAs(account, api, 'getMyCommands', whose, signal))
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof PlatformError && error.kind === 'unsupported') return undefined
    throw error
  }
}

function readMenu(answer: unknown): readonly MenuEntry[] {
  return readList(answer).map((entry) => {
    const { command, description } = fieldsOf(entry)
    return { command: readString(command) ?? '', description: readString(description) ?? '' }
  })
}

function menuOf(commands: readonly CommandSpec[], language: string): readonly MenuEntry[] {
  return commands.slice(0, MAX_COMMANDS).map(({ name, description }) => ({
    command: name,
    description: sentence(description, language).slice(0, MAX_DESCRIPTION_CHARS).toWellFormed() || name,
  }))
}

/** In that language, else in English, else in any: a menu in the wrong language is better than one of names. */
function sentence(description: Localized, language: string): string {
  const key = Object.keys(description).find(
    (locale) => locale.toLowerCase() === language || locale.toLowerCase().startsWith(`${language}-`),
  )
  return (description[key ?? 'en'] ?? Object.values(description)[0] ?? '').trim()
}

function isSame(standing: readonly MenuEntry[], entries: readonly MenuEntry[]): boolean {
  return (
    standing.length === entries.length &&
    entries.every(
      ({ command, description }, i) =>
        standing[i]?.command === command && standing[i].description === description,
    )
  )
}
