// How does the command menu get its entries? One list for everybody and one for Chinese, each sent only when it changed.
// https://core.telegram.org/bots/api#setmycommands
import { PlatformError } from '../../src/contract/errors.ts'
import type { CommandSpec, Localized } from '../../src/contract/policy.ts'
import { callAs, type BotApi } from './api.ts'
import { fieldsOf, readList } from '../common/read.ts'

interface MenuEntry {
  readonly command: string
  readonly description: string
}

/** https://core.telegram.org/bots/api#botcommand: 100 commands, descriptions of 1–256 characters. */
const MAX_COMMANDS = 100
const MAX_DESCRIPTION_CHARS = 256

export async function publishMenu(
  account: string,
  api: BotApi,
  commands: readonly CommandSpec[],
  signal: AbortSignal,
): Promise<void> {
  for (const language of [undefined, 'en', 'zh'] as const) {
    const entries = menuOf(commands, language ?? 'en')
    const whose = language === undefined ? {} : { language_code: language }
    if (isSame(await standingMenu(account, api, whose, signal), entries)) continue
    await callAs(account, api, 'setMyCommands', { commands: [...entries], ...whose }, signal)
  }
}

/** Undefined where the server cannot say: then the menu is sent anyway. */
async function standingMenu(
  account: string,
  api: BotApi,
  whose: { readonly language_code?: 'en' | 'zh' },
  signal: AbortSignal,
): Promise<unknown> {
  try {
    return await callAs(account, api, 'getMyCommands', whose, signal)
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof PlatformError && error.kind !== 'denied') return undefined
    throw error
  }
}

function menuOf(commands: readonly CommandSpec[], language: string): readonly MenuEntry[] {
  return commands
    .filter(({ name }) => /^[a-z0-9_]{1,32}$/.test(name))
    .slice(0, MAX_COMMANDS)
    .map(({ name, description }) => ({
      command: name,
      description: sentence(description, language).slice(0, MAX_DESCRIPTION_CHARS).toWellFormed() || name,
    }))
}

function sentence(description: Localized, language: string): string {
  const key = Object.keys(description).find(
    (locale) => locale.toLowerCase() === language || locale.toLowerCase().startsWith(`${language}-`),
  )
  return (description[key ?? 'en'] ?? '').trim()
}

function isSame(standing: unknown, entries: readonly MenuEntry[]): boolean {
  const list = readList(standing).map(fieldsOf)
  return (
    list.length === entries.length &&
    entries.every(
      (entry, i) => list[i]?.['command'] === entry.command && list[i]['description'] === entry.description,
    )
  )
}
